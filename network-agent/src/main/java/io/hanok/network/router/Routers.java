package io.hanok.network.router;

import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.agent.api.TapName;
import io.hanok.agent.api.id.VpcId;
import io.hanok.agent.runtime.HostCommands;
import io.hanok.network.netns.NetworkNamespaces;
import io.hanok.network.nft.Nft;
import io.hanok.network.nft.NftRuleset;
import io.hanok.network.nft.VpcRuleset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Makes, keeps and removes the routers of VPCs on this host.
 *
 * <p>Rules come before taps: a tap is moved into the router's namespace only after the ruleset that
 * knows its interface is in force, and comes up only there.
 */
public final class Routers {
  private final HostCommands commands;
  private final NetworkNamespaces namespaces;
  private final IpTool ip;
  private final Nft nft;
  private final SeenGuests seen;
  private final TapHolders holders;
  private final Map<String, Set<String>> flows = new HashMap<>();

  public Routers(
      HostCommands commands,
      NetworkNamespaces namespaces,
      IpTool ip,
      Nft nft,
      SeenGuests seen,
      TapHolders holders) {
    this.commands = commands;
    this.namespaces = namespaces;
    this.ip = ip;
    this.nft = nft;
    this.seen = seen;
    this.holders = holders;
  }

  /**
   * What a router looks like now.
   *
   * @param taps taps that are in it with all rules in force
   * @param waiting taps that appeared on the host but are not to be taken yet
   */
  public record Outcome(Set<String> taps, Set<String> waiting) {
    public Outcome {
      taps = Set.copyOf(taps);
      waiting = Set.copyOf(waiting);
    }
  }

  /** The addresses of the host's ends of links, by device. */
  public Map<String, String> links() {
    Map<String, String> found = new HashMap<>();
    ip.devices(Optional.empty())
        .forEach(
            (name, device) -> {
              if (name.startsWith(Link.PREFIX)) {
                device.addresses().stream()
                    .findFirst()
                    .ifPresent(a -> found.put(name, a.substring(0, a.indexOf('/'))));
              }
            });
    return found;
  }

  /**
   * Brings the router of a VPC to its description, and takes over the taps of its interfaces.
   *
   * @throws IllegalArgumentException if the description cannot be carried out
   */
  public Outcome ensure(Vpc vpc, Link link) throws InterruptedException {
    String namespace = NetworkNamespaces.of(vpc.vpcId());
    Optional<String> in = Optional.of(namespace);
    NftRuleset ruleset = VpcRuleset.of(vpc, link.routerAddress());
    Map<String, RouterState.Device> host = ip.devices(Optional.empty());
    namespaces.ensure(commands, namespace);
    ip.batch(Optional.empty(), hostEnd(host, vpc.vpcId(), link));
    nft.ensure(in, ruleset);
    seen.ensure(namespace);
    Set<String> waiting = takeOver(namespace, vpc, host.keySet());
    RouterState now = ip.state(namespace);
    Set<String> taps =
        now.devices().keySet().stream().filter(TapName::matches).collect(Collectors.toSet());
    taps.retainAll(vpc.interfaces().stream().map(nic -> TapName.of(nic.eniId())).toList());
    ip.batch(in, RouterPlan.changes(now, RouterPlan.wanted(vpc, link, taps)));
    seen.forget(
        namespace,
        now.devices().keySet().stream()
            .filter(d -> TapName.matches(d) && !taps.contains(d))
            .toList());
    RouterSettings.apply(namespaces, namespace, taps);
    cutFlows(namespace, vpc);
    return new Outcome(taps, waiting);
  }

  private static List<String> hostEnd(Map<String, RouterState.Device> host, VpcId vpc, Link link) {
    String device = link.device();
    RouterState.Device had = host.get(device);
    List<String> lines = new ArrayList<>();
    if (had == null) {
      lines.add(
          "link add %s type veth peer name %s netns %s"
              .formatted(device, VpcRuleset.UPLINK, NetworkNamespaces.of(vpc)));
      lines.add("link set " + device + " alias hanok:" + vpc.value());
    }
    String address = link.hostAddress() + "/31";
    if (had == null || !had.addresses().contains(address)) {
      lines.add("addr add " + address + " dev " + device);
    }
    if (had == null || !had.up()) {
      lines.add("link set " + device + " up");
    }
    return lines;
  }

  private Set<String> takeOver(String namespace, Vpc vpc, Set<String> onHost) {
    Set<String> waiting = new HashSet<>();
    List<String> taken = new ArrayList<>();
    for (Interface nic : vpc.interfaces()) {
      String tap = TapName.of(nic.eniId());
      if (!onHost.contains(tap)) {
        continue;
      }
      if (holders.onlyLibvirt(tap)) {
        waiting.add(tap);
      } else {
        taken.add(tap);
      }
    }
    if (taken.isEmpty()) {
      return waiting;
    }
    seen.forget(namespace, taken);
    // A tap of the same name that is still there belongs to the emulator that went before.
    ip.force(Optional.of(namespace), taken.stream().map(tap -> "link del " + tap).toList());
    ip.batch(
        Optional.empty(),
        taken.stream().map(tap -> "link set " + tap + " netns " + namespace).toList());
    return waiting;
  }

  /**
   * Ends the flows of addresses that left: connection tracking would let them through to whoever
   * gets the address next.
   */
  private void cutFlows(String namespace, Vpc vpc) {
    Set<String> now = new HashSet<>();
    for (Interface nic : vpc.interfaces()) {
      nic.privateAddresses().forEach(address -> now.add(nic.eniId() + " " + address));
      nic.publicAddresses().values().forEach(address -> now.add(nic.eniId() + " " + address));
    }
    Set<String> before = flows.put(namespace, now);
    if (before == null) {
      return;
    }
    for (String owned : before) {
      if (!now.contains(owned)) {
        String address = owned.substring(owned.indexOf(' ') + 1);
        for (String side : List.of("-s", "-d", "-r", "-q")) {
          commands.attempt(
              "nsenter",
              "--net=" + NetworkNamespaces.file(namespace),
              "conntrack",
              "-D",
              side,
              address);
        }
      }
    }
  }

  /** Removes the router of a VPC and everything in it; nothing there is a success, too. */
  public void remove(VpcId vpc) {
    String namespace = NetworkNamespaces.of(vpc);
    flows.remove(namespace);
    nft.forget(namespace);
    if (namespaces.inode(namespace) != 0) {
      Optional<String> in = Optional.of(namespace);
      List<String> taps =
          ip.devices(in).keySet().stream().filter(TapName::matches).sorted().toList();
      ip.force(in, taps.stream().map(tap -> "link del " + tap).toList());
    }
    ip.force(Optional.empty(), List.of("link del " + Link.device(vpc)));
    namespaces.remove(commands, namespace);
  }
}
