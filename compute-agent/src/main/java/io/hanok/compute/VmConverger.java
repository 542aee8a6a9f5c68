package io.hanok.compute;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostFacts;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.VmSpec;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.Converger;
import io.hanok.agent.runtime.Step;
import io.hanok.compute.VmAction.Effect;
import io.hanok.compute.VmAction.Perform;
import io.hanok.compute.VmAction.Refuse;
import io.hanok.compute.VmAction.Remember;
import io.hanok.compute.VmAction.Report;
import io.hanok.compute.VmFacts.Reboot;
import io.hanok.compute.VmFacts.ShutdownBy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Brings a vm to its document: looks, asks {@link VmPlan}, does the one thing it says, and looks
 * again until it has nothing more to do now.
 */
final class VmConverger implements Converger {
  /** More rounds than any path through the plan needs; then it is the next call's turn. */
  private static final int ROUNDS = 24;

  private final Hypervisor hypervisor;
  private final VmFactsStore store;
  private final Consoles consoles;
  private final Taps taps;
  private final HostProfile profile;
  private final VmPlan plan;
  private final Host host;
  private final Clock clock;

  VmConverger(
      Hypervisor hypervisor,
      VmFactsStore store,
      Consoles consoles,
      Taps taps,
      HostProfile profile,
      VmPlan plan,
      Host host,
      Clock clock) {
    this.hypervisor = hypervisor;
    this.store = store;
    this.consoles = consoles;
    this.taps = taps;
    this.profile = profile;
    this.plan = plan;
    this.host = host;
    this.clock = clock;
  }

  @Override
  public List<DocumentKind> kinds() {
    return List.of(DocumentKind.VM);
  }

  @Override
  public Step converge(DesiredDocument desired) {
    VmId vm = vmOf(desired);
    for (int round = 0; round < ROUNDS; round++) {
      Optional<VmFacts> known = store.read(vm);
      VmView view = look(desired, vm, known);
      switch (plan.next(view)) {
        case Report(var step) -> {
          consoles.bound(vm);
          return step;
        }
        case Remember(var remembered) -> store.replace(vm, known, remembered);
        case Perform(var effect, var then) -> {
          perform(effect, vm, view.spec());
          if (effect != Effect.REMOVE && !then.equals(view.facts())) {
            store.replace(vm, known, then);
          }
        }
        case Refuse(var code, var message) -> throw new AgentException(code, message);
      }
    }
    return new Step.Again(null, Duration.ofSeconds(1), "a state of the domain that lasts");
  }

  private static VmId vmOf(DesiredDocument desired) {
    try {
      VmId vm = new VmId(desired.key());
      if (desired.spec() instanceof VmSpec spec && !spec.vmId().equals(vm)) {
        throw new AgentException(
            AgentFault.Code.INVALID_SPEC, "the spec of " + spec.vmId() + " has the key " + vm);
      }
      return vm;
    } catch (IllegalArgumentException e) {
      throw new AgentException(AgentFault.Code.INVALID_SPEC, e.getMessage(), e);
    }
  }

  private VmView look(DesiredDocument desired, VmId vm, Optional<VmFacts> known) {
    DomainView domain = hypervisor.look(vm);
    VmFacts facts = known.orElse(VmFacts.NONE);
    return new VmView(
        desired,
        domain,
        facts,
        known.isPresent() || consoles.exists(vm),
        taps.here(),
        host.boot(),
        endedUnexplained(domain, facts) && host.stopping() == HostStop.Answer.STOPS,
        clock.instant());
  }

  /** Whether it matters that the host stops: a vm ran and is off, and nobody knows yet why. */
  private static boolean endedUnexplained(DomainView domain, VmFacts facts) {
    return switch (domain) {
      case DomainView.Off off -> facts.startedInBoot() != null && facts.offReason() == null;
      case DomainView.Missing missing -> facts.startedInBoot() != null && facts.offReason() == null;
      case DomainView.Active active -> false;
      case DomainView.Foreign foreign -> false;
    };
  }

  private void perform(Effect effect, VmId vm, VmSpec spec) {
    switch (effect) {
      case START -> {
        hypervisor.define(DomainXml.of(spec, profile));
        hypervisor.startPaused(vm);
      }
      case RESUME -> hypervisor.resume(vm);
      case SUSPEND -> hypervisor.suspend(vm);
      case REQUEST_POWER_OFF -> hypervisor.requestPowerOff(vm);
      case REQUEST_REBOOT -> hypervisor.requestReboot(vm);
      case RESET -> hypervisor.reset(vm);
      case DESTROY -> hypervisor.destroy(vm);
      case REMOVE -> {
        hypervisor.undefine(vm);
        consoles.delete(vm);
        store.delete(vm);
      }
    }
  }

  @Override
  public List<HostObject> inventory() {
    List<HostObject> found = new ArrayList<>();
    for (VmId vm : hypervisor.domains()) {
      found.add(new HostObject("domain", vm.value(), vm.value(), false));
    }
    for (String tap : taps.here()) {
      found.add(new HostObject("tap", tap, null, false));
    }
    found.sort(Comparator.comparing(HostObject::name));
    return found;
  }

  @Override
  public HostFacts facts() {
    return host.facts();
  }

  /**
   * Remembers who powered a guest off, before anybody is told that it is off.
   *
   * <p>A guest whose power button was pressed looks like one that had the wish itself. It is taken
   * to have had it only if the host surely runs on.
   */
  void shutDown(VmId vm, boolean byGuest) {
    ShutdownBy by =
        !byGuest
            ? ShutdownBy.OUTSIDE
            : host.stopping() == HostStop.Answer.RUNS ? ShutdownBy.GUEST : ShutdownBy.HOST;
    store.update(vm, known -> known.stop() != null ? known : known.shutDown(by));
  }

  /** Remembers that a machine was reset, and with it the power-off, if a reboot is in course. */
  void rebooted(VmId vm) {
    store.update(
        vm,
        known -> {
          Reboot reboot = known.reboot();
          return reboot == null
              ? known
              : known
                  .shutDown(null)
                  .rebooting(new Reboot(reboot.count(), reboot.since(), reboot.askedAt(), true));
        });
  }
}
