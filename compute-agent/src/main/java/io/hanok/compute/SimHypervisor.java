package io.hanok.compute;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.id.IdKind;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.compute.DomainView.Activity;
import io.hanok.compute.DomainView.Cause;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A simulated {@link Hypervisor} with its taps, for tests and trials without a host: it behaves as
 * the real one does (the same contract suite holds for both), and it fails, lags and crashes on
 * order.
 *
 * <p>Events are delivered at once on the calling thread, unless the connection is down.
 */
final class SimHypervisor implements Hypervisor, Taps {
  private static final Pattern TAP = Pattern.compile("<target dev=\"(e[0-9a-f]{14})\"");
  private static final Pattern NAME = Pattern.compile("<name>([^<]*)</name>");

  private final Map<String, SimDomain> domains = new TreeMap<>();
  private final Set<String> tapsHere = new TreeSet<>();
  private final Set<VmId> deaf = new HashSet<>();
  private Listener listener;
  private boolean reachable = true;
  private boolean poolFull;
  private int effects;
  private int crashAfter = -1;
  private String failure;

  /** The agent's process dies here: thrown out of a call after its effect took place. */
  static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static final class SimDomain {
    String xml;
    Activity activity;
    Cause cause = Cause.UNKNOWN;
    boolean rebooting;
    int starts;
    final Set<String> taps = new TreeSet<>();
  }

  // --- what a test orders ---

  /** From now on the n-th effect (from 1) takes place and then crashes the agent. */
  synchronized void crashAfterEffect(int n) {
    effects = 0;
    crashAfter = n;
  }

  /** No more crashes. */
  synchronized void crashNoMore() {
    crashAfter = -1;
  }

  /** Every effect is refused with this message, until it is null. */
  synchronized void failWith(String message) {
    failure = message;
  }

  /** libvirtd goes away, or comes back; events in between are lost. */
  synchronized void reachable(boolean answers) {
    reachable = answers;
    if (answers && listener != null) {
      listener.lost();
    }
  }

  /** Whether a guest reacts to its power button. */
  synchronized void deaf(VmId vm, boolean isDeaf) {
    if (isDeaf) {
      deaf.add(vm);
    } else {
      deaf.remove(vm);
    }
  }

  /** The pool fills up, or has space again; guests that run stop at their next write: now. */
  synchronized void poolFull(boolean full) {
    poolFull = full;
    if (full) {
      domains.forEach(
          (name, domain) -> {
            if (domain.activity == Activity.RUNNING) {
              domain.activity = Activity.IO_ERROR;
              tell(name, Event.CHANGED);
            }
          });
    }
  }

  /** A guest powers itself off. */
  synchronized void guestPowersOff(VmId vm) {
    tell(vm.value(), Event.SHUT_DOWN_BY_GUEST);
    SimDomain domain = domains.get(vm.value());
    if (domain.rebooting) {
      domain.rebooting = false;
      tell(vm.value(), Event.REBOOTED);
    } else {
      end(vm.value(), domain, Cause.SHUTDOWN);
    }
  }

  /** A guest's process is killed. */
  synchronized void kill(VmId vm) {
    end(vm.value(), domains.get(vm.value()), Cause.CRASHED);
  }

  /** The host loses power: everything that ran is off, and nobody knows why. */
  synchronized void hostRestarts() {
    domains.values().forEach(d -> stop(d, Cause.UNKNOWN));
  }

  /** The network agent takes over every tap. */
  synchronized void networkTakesTaps() {
    tapsHere.clear();
  }

  /** Puts a domain that is not ours on the host. */
  synchronized void defineForeign(String xml) {
    SimDomain domain = new SimDomain();
    domain.xml = xml;
    domains.put(name(xml), domain);
  }

  /** How often a vm was started since it was defined first. */
  synchronized int starts(VmId vm) {
    return domains.containsKey(vm.value()) ? domains.get(vm.value()).starts : 0;
  }

  /** The names of all domains, foreign ones too. */
  synchronized Set<String> allDomains() {
    return Set.copyOf(domains.keySet());
  }

  // --- the hypervisor ---

  @Override
  public synchronized Set<String> here() {
    return Set.copyOf(tapsHere);
  }

  @Override
  public synchronized DomainView look(VmId vm) {
    answer();
    SimDomain domain = domains.get(vm.value());
    if (domain == null) {
      return new DomainView.Missing();
    }
    Optional<DomainMetadata> ours = DomainMetadata.read(domain.xml);
    if (ours.isEmpty()) {
      return new DomainView.Foreign();
    }
    return domain.activity == null
        ? new DomainView.Off(domain.cause, ours.get())
        : new DomainView.Active(domain.activity, ours.get());
  }

  @Override
  public synchronized List<VmId> domains() {
    answer();
    List<VmId> ours = new ArrayList<>();
    domains
        .values()
        .forEach(domain -> DomainMetadata.read(domain.xml).ifPresent(m -> ours.add(m.vmId())));
    return ours;
  }

  @Override
  public synchronized void define(String domainXml) {
    answer();
    refuseOnOrder();
    domains.computeIfAbsent(name(domainXml), n -> new SimDomain()).xml = domainXml;
    crashOnOrder();
  }

  @Override
  public synchronized void startPaused(VmId vm) {
    SimDomain domain = ours(vm);
    if (domain.activity != null) {
      throw refusal("domain is already running");
    }
    domain.activity = Activity.PAUSED;
    domain.starts++;
    Matcher taps = TAP.matcher(domain.xml);
    while (taps.find()) {
      domain.taps.add(taps.group(1));
    }
    tapsHere.addAll(domain.taps);
    tell(vm.value(), Event.CHANGED);
    crashOnOrder();
  }

  @Override
  public synchronized void resume(VmId vm) {
    SimDomain domain = active(vm);
    domain.activity =
        poolFull && domain.activity == Activity.IO_ERROR ? Activity.IO_ERROR : Activity.RUNNING;
    tell(vm.value(), Event.CHANGED);
    crashOnOrder();
  }

  @Override
  public synchronized void suspend(VmId vm) {
    active(vm).activity = Activity.PAUSED;
    tell(vm.value(), Event.CHANGED);
    crashOnOrder();
  }

  @Override
  public synchronized void requestPowerOff(VmId vm) {
    SimDomain domain = active(vm);
    domain.rebooting = false;
    press(vm, domain);
    crashOnOrder();
  }

  @Override
  public synchronized void requestReboot(VmId vm) {
    SimDomain domain = active(vm);
    domain.rebooting = true;
    press(vm, domain);
    crashOnOrder();
  }

  private void press(VmId vm, SimDomain domain) {
    if (domain.activity == Activity.RUNNING && !deaf.contains(vm)) {
      guestPowersOff(vm);
    }
  }

  @Override
  public synchronized void reset(VmId vm) {
    active(vm).rebooting = false;
    tell(vm.value(), Event.REBOOTED);
    crashOnOrder();
  }

  @Override
  public synchronized void destroy(VmId vm) {
    answer();
    refuseOnOrder();
    if (domains.containsKey(vm.value())) {
      SimDomain domain = ours(vm);
      if (domain.activity != null) {
        end(vm.value(), domain, Cause.DESTROYED);
      }
    }
    crashOnOrder();
  }

  @Override
  public synchronized void undefine(VmId vm) {
    answer();
    refuseOnOrder();
    if (domains.containsKey(vm.value())) {
      ours(vm);
      domains.remove(vm.value());
    }
    crashOnOrder();
  }

  @Override
  public synchronized byte[] screenshot(VmId vm) {
    active(vm);
    byte[] header = "P6\n2 1\n255\n".getBytes(StandardCharsets.US_ASCII);
    byte[] picture = java.util.Arrays.copyOf(header, header.length + 6);
    picture[header.length] = (byte) 0xff;
    return picture;
  }

  @Override
  public String versions() {
    return "simulation";
  }

  @Override
  public synchronized void listen(Listener newListener) {
    listener = newListener;
    newListener.lost();
  }

  @Override
  public synchronized void close() {
    listener = null;
  }

  private enum Event {
    SHUT_DOWN_BY_GUEST,
    REBOOTED,
    CHANGED
  }

  private void tell(String name, Event event) {
    if (listener == null || !reachable || !IdKind.VM.matches(name)) {
      return;
    }
    VmId vm = new VmId(name);
    switch (event) {
      case SHUT_DOWN_BY_GUEST -> listener.shutDown(vm, true);
      case REBOOTED -> listener.rebooted(vm);
      case CHANGED -> listener.changed(vm);
    }
  }

  private void end(String name, SimDomain domain, Cause cause) {
    stop(domain, cause);
    tell(name, Event.CHANGED);
  }

  private void stop(SimDomain domain, Cause cause) {
    domain.activity = null;
    domain.cause = cause;
    domain.rebooting = false;
    tapsHere.removeAll(domain.taps);
    domain.taps.clear();
  }

  private SimDomain active(VmId vm) {
    SimDomain domain = ours(vm);
    if (domain.activity == null) {
      throw refusal("domain is not running");
    }
    return domain;
  }

  private SimDomain ours(VmId vm) {
    answer();
    refuseOnOrder();
    SimDomain domain = domains.get(vm.value());
    if (domain == null) {
      throw refusal("Domain not found");
    }
    if (DomainMetadata.read(domain.xml).isEmpty()) {
      throw new AgentException(
          AgentFault.Code.INVALID_SPEC, "the domain " + vm + " is not Hanok's");
    }
    return domain;
  }

  private void answer() {
    if (!reachable) {
      throw new AgentException(AgentFault.Code.NOT_READY, "libvirt does not answer");
    }
  }

  private void refuseOnOrder() {
    if (failure != null) {
      throw refusal(failure);
    }
  }

  private void crashOnOrder() {
    effects++;
    if (effects == crashAfter) {
      throw new Crash();
    }
  }

  private static AgentException refusal(String message) {
    return new AgentException(AgentFault.Code.HOST_ERROR, message);
  }

  private static String name(String xml) {
    Matcher name = NAME.matcher(xml);
    if (!name.find()) {
      throw refusal("a domain needs a name");
    }
    return name.group(1);
  }
}
