package io.hanok.network;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostNetworkSpec;
import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.TapName;
import io.hanok.agent.api.id.VpcId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.Converger;
import io.hanok.agent.runtime.Step;
import io.hanok.network.address.Ipv4Range;
import io.hanok.network.dhcp.Dnsmasqs;
import io.hanok.network.netns.NetworkNamespaces;
import io.hanok.network.router.IpTool;
import io.hanok.network.router.Link;
import io.hanok.network.router.Routers;
import io.hanok.network.router.SeenGuests;
import io.hanok.network.uplink.Uplink;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings all networks of the host to the one document that describes them.
 *
 * <p>In this order: the host's own table and forwarding; routers, each with its rules before its
 * taps; services for the guests; removal of what no document names; last, the routes to public
 * addresses, which thus never lead to a router without rules.
 *
 * <p>An interface whose tap is not there does not keep the document from being settled: its guest
 * may be off. {@code ready} tells of each interface whether it may be started. A VPC that cannot be
 * carried out, for whatever reason, is tried again, and keeps no other one from being served. Only
 * a document that does not even say what all VPCs share is refused for good.
 */
public final class HostNetworkConverger implements Converger {
  private static final Logger log = LoggerFactory.getLogger(HostNetworkConverger.class);
  private static final Duration SOON = Duration.ofMillis(50);
  private static final Duration AFTER_FAILURE = Duration.ofSeconds(2);

  private final NetworkNamespaces namespaces;
  private final IpTool ip;
  private final Routers routers;
  private final Uplink uplink;
  private final Dnsmasqs dnsmasqs;
  private final GuestServices services;
  private final SeenGuests seen;
  private final HostView view;

  HostNetworkConverger(
      NetworkNamespaces namespaces,
      IpTool ip,
      Routers routers,
      Uplink uplink,
      Dnsmasqs dnsmasqs,
      GuestServices services,
      SeenGuests seen,
      HostView view) {
    this.namespaces = namespaces;
    this.ip = ip;
    this.routers = routers;
    this.uplink = uplink;
    this.dnsmasqs = dnsmasqs;
    this.services = services;
    this.seen = seen;
    this.view = view;
  }

  HostView view() {
    return view;
  }

  @Override
  public List<DocumentKind> kinds() {
    return List.of(DocumentKind.HOST_NETWORK);
  }

  @Override
  public Step converge(DesiredDocument desired) throws InterruptedException {
    if (!desired.present()) {
      view.expect(List.of());
      removeAll();
      return new Step.Settled(new ResourceStatus.Absent());
    }
    return converge(wellFormed(desired));
  }

  private static HostNetworkSpec wellFormed(DesiredDocument desired) {
    if (!(desired.spec() instanceof HostNetworkSpec spec)) {
      throw new AgentException(
          AgentFault.Code.INVALID_SPEC, "not the networks of a host: " + desired.spec());
    }
    try {
      Ipv4Range.parse(spec.publicCidr());
    } catch (IllegalArgumentException e) {
      throw new AgentException(
          AgentFault.Code.INVALID_SPEC, "the range of public addresses is " + e.getMessage(), e);
    }
    return spec;
  }

  private Step converge(HostNetworkSpec spec) throws InterruptedException {
    List<Vpc> vpcs = spec.vpcs().stream().filter(v -> !v.interfaces().isEmpty()).toList();
    uplink.ensureHost(spec.publicCidr());
    Map<VpcId, Link> links = Link.assign(vpcs.stream().map(Vpc::vpcId).toList(), routers.links());
    removeExcept(vpcs.stream().map(Vpc::vpcId).collect(Collectors.toSet()));
    Progress progress = new Progress();
    for (Vpc vpc : vpcs) {
      try {
        progress.add(vpc, routers.ensure(vpc, linkOf(vpc, links)), serve(vpc));
      } catch (RuntimeException e) {
        log.debug("{} failed", vpc.vpcId(), e);
        progress.fail(vpc, e);
      }
    }
    if (!progress.failures.isEmpty()) {
      Set<String> there = routers.links().keySet();
      links.values().removeIf(link -> !there.contains(link.device()));
    }
    uplink.ensureRoutes(spec, links);
    view.expect(progress.expected);
    ResourceStatus status = new ResourceStatus.HostNetwork(progress.nics);
    if (!progress.failures.isEmpty()) {
      String failures = String.join("; ", progress.failures);
      log.warn("not all networks are as they should be: {}", failures);
      return new Step.Again(status, AFTER_FAILURE, failures);
    }
    return progress.waiting.isEmpty()
        ? new Step.Settled(status)
        : new Step.Again(
            status, SOON, "libvirt to let go of " + String.join(", ", progress.waiting));
  }

  /** The link of a VPC; the pair of one that has just been removed is free at the next attempt. */
  private static Link linkOf(Vpc vpc, Map<VpcId, Link> links) {
    return Optional.ofNullable(links.get(vpc.vpcId()))
        .orElseThrow(
            () ->
                new AgentException(
                    AgentFault.Code.NO_CAPACITY, "a host carries at most " + Link.PAIRS + " VPCs"));
  }

  /** Serves the guests of a VPC whose router stands, and says which have been heard. */
  private Map<String, Instant> serve(Vpc vpc) throws InterruptedException {
    dnsmasqs.ensure(vpc);
    services.ensure(vpc);
    return seen.read(NetworkNamespaces.of(vpc.vpcId()));
  }

  /** What came of the VPCs, one by one: a broken one keeps no other from being served. */
  private static final class Progress {
    private final List<HostView.Expected> expected = new ArrayList<>();
    private final List<ResourceStatus.Nic> nics = new ArrayList<>();
    private final Set<String> waiting = new TreeSet<>();
    private final List<String> failures = new ArrayList<>();

    void add(Vpc vpc, Routers.Outcome outcome, Map<String, Instant> heard) {
      waiting.addAll(outcome.waiting());
      for (Interface nic : vpc.interfaces()) {
        String tap = TapName.of(nic.eniId());
        boolean ready = outcome.taps().contains(tap);
        nics.add(
            new ResourceStatus.Nic(nic.eniId(), nic.vmId(), ready, ready ? heard.get(tap) : null));
      }
      expected.add(new HostView.Expected(vpc, outcome.taps(), heard.keySet()));
    }

    void fail(Vpc vpc, RuntimeException failure) {
      String why = failure instanceof AgentException ? failure.getMessage() : failure.toString();
      failures.add(vpc.vpcId() + ": " + why);
      for (Interface nic : vpc.interfaces()) {
        nics.add(new ResourceStatus.Nic(nic.eniId(), nic.vmId(), false, null));
      }
    }
  }

  private void removeExcept(Set<VpcId> kept) throws InterruptedException {
    Set<VpcId> found = new HashSet<>(dnsmasqs.found());
    namespaces.routers().forEach(n -> found.add(NetworkNamespaces.vpcOf(n).orElseThrow()));
    found.removeAll(kept);
    for (VpcId vpc : found.stream().sorted(Comparator.comparing(VpcId::value)).toList()) {
      services.close(vpc);
      dnsmasqs.remove(vpc);
      routers.remove(vpc);
    }
  }

  /** Removes everything that this agent ever made on the host, but its own directory. */
  void removeAll() throws InterruptedException {
    removeExcept(Set.of());
    uplink.remove();
  }

  @Override
  public List<HostObject> inventory() {
    List<HostObject> objects = new ArrayList<>();
    for (String device : new TreeSet<>(ip.devices(Optional.empty()).keySet())) {
      if (TapName.matches(device)) {
        objects.add(new HostObject("tap", device, null, false));
      } else if (device.matches(Link.PREFIX + "[0-9a-f]{13}")) {
        objects.add(new HostObject("veth", device, vpcOf(device), false));
      }
    }
    for (String namespace : namespaces.routers()) {
      String vpc = NetworkNamespaces.vpcOf(namespace).orElseThrow().value();
      objects.add(new HostObject("netns", namespace, vpc, false));
      for (String device : new TreeSet<>(ip.devices(Optional.of(namespace)).keySet())) {
        if (TapName.matches(device)) {
          objects.add(new HostObject("tap", device, view.interfaceOf(device), false));
        }
      }
    }
    return objects;
  }

  private String vpcOf(String device) {
    return namespaces.routers().stream()
        .flatMap(n -> NetworkNamespaces.vpcOf(n).stream())
        .filter(vpc -> Link.device(vpc).equals(device))
        .map(VpcId::value)
        .findFirst()
        .orElse(null);
  }
}
