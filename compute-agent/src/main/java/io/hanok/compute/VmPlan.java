package io.hanok.compute;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredPower;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.ResourceStatus.ObservedPower;
import io.hanok.agent.api.ResourceStatus.OffReason;
import io.hanok.agent.runtime.Step;
import io.hanok.compute.DomainView.Active;
import io.hanok.compute.DomainView.Activity;
import io.hanok.compute.DomainView.Cause;
import io.hanok.compute.DomainView.Foreign;
import io.hanok.compute.DomainView.Missing;
import io.hanok.compute.DomainView.Off;
import io.hanok.compute.VmAction.Effect;
import io.hanok.compute.VmAction.Perform;
import io.hanok.compute.VmAction.Refuse;
import io.hanok.compute.VmAction.Remember;
import io.hanok.compute.VmAction.Report;
import io.hanok.compute.VmFacts.Reboot;
import io.hanok.compute.VmFacts.ShutdownBy;
import io.hanok.compute.VmFacts.Stop;
import java.time.Duration;
import java.time.Instant;

/**
 * Decides what is done next for a vm: a pure function from what is wanted, seen and remembered to
 * one action.
 *
 * <p>Rules before power: a guest starts paused and is resumed only when none of its taps is left in
 * the agent's own network namespace, because then the network agent has taken them over. A vm that
 * is off is started only if it never ran, or ran in an earlier boot of the host, or was stopped by
 * a document and a later one wants it on; one that its guest powered off, or that died, stays off
 * and says why: what follows is the control plane's decision. Only a power-off that nobody asked
 * for is the guest's own: one in the middle of a reboot is a step of it, and one on a host that
 * stops is the host's doing, which is not even reported, since the guest starts again with the
 * host. Everything that must survive a restart of the agent is remembered before it is reported.
 */
final class VmPlan {
  /** How often a guest that does not react is asked again. */
  static final Duration ASK_EVERY = Duration.ofSeconds(10);

  /** How often a guest that was stopped by a write error is tried again. */
  static final Duration RETRY_IO_EVERY = Duration.ofSeconds(5);

  /** How long the event that names who powered a guest off may come after the power-off. */
  static final Duration EVENT_GRACE = Duration.ofSeconds(2);

  private static final Duration SHORTLY = Duration.ofMillis(500);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Duration rebootDeadline;

  /**
   * Makes the planner.
   *
   * @param rebootDeadline how long a guest may take over a reboot before its machine is reset (EC2:
   *     four minutes)
   */
  VmPlan(Duration rebootDeadline) {
    this.rebootDeadline = rebootDeadline;
  }

  /** The next action. */
  VmAction next(VmView view) {
    if (!view.desired().present()) {
      return absent(view);
    }
    return switch (view.domain()) {
      case Foreign() ->
          new Refuse(
              AgentFault.Code.INVALID_SPEC,
              "a domain that is not Hanok's bears the name " + view.desired().key());
      case Missing() -> off(view, Cause.UNKNOWN);
      case Off(var cause, var metadata) -> off(view, cause);
      case Active(var activity, var metadata) -> active(view, activity, metadata.reboots());
    };
  }

  private static VmAction absent(VmView view) {
    return switch (view.domain()) {
      case Active active -> new Perform(Effect.DESTROY, view.facts());
      case Off off -> new Perform(Effect.REMOVE, VmFacts.NONE);
      case Missing missing -> view.leftovers() ? new Perform(Effect.REMOVE, VmFacts.NONE) : gone();
      case Foreign foreign -> gone();
    };
  }

  private static VmAction gone() {
    return new Report(new Step.Settled(new ResourceStatus.Absent()));
  }

  private VmAction active(VmView view, Activity activity, int rebootsAtStart) {
    VmFacts facts = view.facts();
    if (!view.boot().equals(facts.startedInBoot()) || facts.offReason() != null) {
      return new Remember(facts.started(view.boot(), rebootsAtStart));
    }
    if (activity == Activity.SHUTTING_DOWN) {
      return wait(ObservedPower.RUNNING, view, SHORTLY, "the end of the guest's process");
    }
    if (activity == Activity.RUNNING && facts.shutdownBy() != null) {
      // It powered off as a step of a reboot, and runs again.
      return new Remember(facts.shutDown(null));
    }
    ObservedPower power = powerOf(activity);
    if (facts.power() != power) {
      return new Remember(facts.powered(power, view.now()));
    }
    return switch (view.spec().power()) {
      case PAUSED -> wantedPaused(view, activity);
      case RUNNING -> wantedRunning(view, activity);
      case OFF -> wantedOff(view, activity);
    };
  }

  private static ObservedPower powerOf(Activity activity) {
    return switch (activity) {
      case RUNNING, SHUTTING_DOWN -> ObservedPower.RUNNING;
      case PAUSED -> ObservedPower.PAUSED;
      case IO_ERROR -> ObservedPower.SUSPENDED_IO;
    };
  }

  private static VmAction wantedPaused(VmView view, Activity activity) {
    return switch (activity) {
      case RUNNING, SHUTTING_DOWN -> new Perform(Effect.SUSPEND, view.facts());
      case PAUSED, IO_ERROR -> settled(powerOf(activity), view);
    };
  }

  private VmAction wantedRunning(VmView view, Activity activity) {
    return switch (activity) {
      case PAUSED ->
          view.networkReady()
              ? new Perform(Effect.RESUME, view.facts())
              : wait(ObservedPower.PAUSED, view, SHORTLY, "network");
      case IO_ERROR -> retryIo(view);
      case RUNNING, SHUTTING_DOWN -> reboot(view);
    };
  }

  private static VmAction retryIo(VmView view) {
    VmFacts facts = view.facts();
    if (!view.networkReady()) {
      return wait(ObservedPower.SUSPENDED_IO, view, SHORTLY, "network");
    }
    Duration left = left(facts.ioRetriedAt(), RETRY_IO_EVERY, view.now());
    return left.isPositive()
        ? wait(ObservedPower.SUSPENDED_IO, view, left, "space in the pool, or its repair")
        : new Perform(Effect.RESUME, facts.ioRetried(view.now()));
  }

  private VmAction reboot(VmView view) {
    VmFacts facts = view.facts();
    int wanted = view.spec().rebootCount();
    Reboot reboot = facts.reboot();
    if (reboot != null && reboot.seen()) {
      return new Remember(facts.rebooted(reboot.count()));
    }
    if (wanted <= facts.appliedReboots()) {
      return settled(ObservedPower.RUNNING, view);
    }
    if (reboot == null) {
      // Remembered before the request: the machine's reset may be seen before that returns.
      return new Remember(facts.rebooting(new Reboot(wanted, view.now(), null, false)));
    }
    Duration untilReset = left(reboot.since(), rebootDeadline, view.now());
    if (!untilReset.isPositive()) {
      return new Perform(Effect.RESET, facts.rebooted(reboot.count()));
    }
    Duration untilAsked = left(reboot.askedAt(), ASK_EVERY, view.now());
    if (!untilAsked.isPositive()) {
      Reboot asked = new Reboot(reboot.count(), reboot.since(), view.now(), false);
      return new Perform(Effect.REQUEST_REBOOT, facts.rebooting(asked));
    }
    return wait(ObservedPower.RUNNING, view, min(untilReset, untilAsked), "the guest's reboot");
  }

  private static VmAction wantedOff(VmView view, Activity activity) {
    VmFacts facts = view.facts();
    Stop stop = facts.stop();
    if (stop == null || stop.generation() != view.desired().generation()) {
      return new Remember(facts.stopping(new Stop(view.desired().generation(), view.now(), null)));
    }
    Duration grace = Duration.ofSeconds(view.spec().stopGraceSeconds());
    Duration untilCut = left(stop.seenAt(), grace, view.now());
    if (!untilCut.isPositive() || activity == Activity.PAUSED) {
      return new Perform(Effect.DESTROY, facts);
    }
    if (activity == Activity.IO_ERROR) {
      return retryIo(view);
    }
    Duration untilAsked = left(stop.askedAt(), ASK_EVERY, view.now());
    if (!untilAsked.isPositive()) {
      return new Perform(
          Effect.REQUEST_POWER_OFF,
          facts.stopping(new Stop(stop.generation(), stop.seenAt(), view.now())));
    }
    return wait(ObservedPower.RUNNING, view, min(untilCut, untilAsked), "the guest's power-off");
  }

  private static VmAction off(VmView view, Cause cause) {
    VmFacts facts = view.facts();
    if (facts.startedInBoot() == null) {
      return switch (view.spec().power()) {
        case OFF -> settledOff(OffReason.NOT_STARTED, view);
        case PAUSED, RUNNING -> new Perform(Effect.START, facts);
      };
    }
    if (facts.offReason() == null
        || (facts.offReason() == OffReason.UNKNOWN && facts.shutdownBy() == ShutdownBy.GUEST)) {
      return settleReason(view, cause);
    }
    if (facts.power() != ObservedPower.OFF) {
      return new Remember(facts.powered(ObservedPower.OFF, view.now()));
    }
    return switch (view.spec().power()) {
      case OFF -> settledOff(facts.offReason(), view);
      case PAUSED, RUNNING -> wantedOn(view);
    };
  }

  private static VmAction wantedOn(VmView view) {
    VmFacts facts = view.facts();
    boolean startsAnew =
        switch (facts.offReason()) {
          case REQUESTED, NOT_STARTED -> true;
          case GUEST -> false;
          case CRASHED, UNKNOWN -> !view.boot().equals(facts.startedInBoot());
        };
    if (startsAnew) {
      return new Remember(facts.beforeStart());
    }
    ResourceStatus status =
        new ResourceStatus.Vm(ObservedPower.OFF, facts.offReason(), facts.since());
    return new Report(new Step.Again(status, LONG, "a decision of the control plane"));
  }

  /** It ran and is off now: find out why, or start it again if the host itself was restarted. */
  private static VmAction settleReason(VmView view, Cause cause) {
    VmFacts facts = view.facts();
    // A reboot begins with a power-off; whoever dies before the reset was not the guest.
    boolean diedRebooting =
        facts.shutdownBy() == ShutdownBy.GUEST && facts.reboot() != null && !facts.reboot().seen();
    if (facts.shutdownBy() == ShutdownBy.GUEST && !diedRebooting && cause != Cause.CRASHED) {
      return remember(OffReason.GUEST, view);
    }
    if (facts.stop() != null || view.spec().power() == DesiredPower.OFF) {
      return remember(OffReason.REQUESTED, view);
    }
    if (!view.boot().equals(facts.startedInBoot())) {
      return new Remember(facts.beforeStart());
    }
    if (view.hostStops()) {
      return wait(facts.power(), view, SHORTLY, "the host's own stop");
    }
    if (facts.shutdownBy() == ShutdownBy.OUTSIDE || diedRebooting) {
      return remember(OffReason.CRASHED, view);
    }
    return switch (cause) {
      case CRASHED, FAILED, DESTROYED -> remember(OffReason.CRASHED, view);
      case SHUTDOWN, UNKNOWN -> {
        if (facts.offSeenAt() == null) {
          yield new Remember(facts.off(null, view.now()));
        }
        Duration left = left(facts.offSeenAt(), EVENT_GRACE, view.now());
        yield left.isPositive()
            ? wait(facts.power(), view, left, "the event that names who powered it off")
            : remember(OffReason.UNKNOWN, view);
      }
    };
  }

  private static VmAction remember(OffReason reason, VmView view) {
    return new Remember(view.facts().off(reason, view.now()));
  }

  private static VmAction settled(ObservedPower power, VmView view) {
    return new Report(new Step.Settled(new ResourceStatus.Vm(power, null, view.facts().since())));
  }

  private static VmAction settledOff(OffReason reason, VmView view) {
    return new Report(
        new Step.Settled(new ResourceStatus.Vm(ObservedPower.OFF, reason, view.facts().since())));
  }

  private static VmAction wait(
      ObservedPower power, VmView view, Duration after, String waitingFor) {
    ResourceStatus status =
        power == null ? null : new ResourceStatus.Vm(power, null, view.facts().since());
    return new Report(new Step.Again(status, after, waitingFor));
  }

  /** What is left of a span that began at a moment; zero if it never began. */
  private static Duration left(Instant began, Duration span, Instant now) {
    return began == null ? Duration.ZERO : Duration.between(now, began.plus(span));
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
