package io.hanok.control.instance;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredPower;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.ResourceStatus.ObservedPower;
import io.hanok.agent.api.ResourceStatus.OffReason;
import io.hanok.agent.api.VmSpec;
import io.hanok.control.volume.AttachedVolume;
import java.time.Duration;
import java.util.Optional;

/**
 * Decides the next action for an instance: a pure function of what is wanted and what was seen.
 *
 * <p>On: volumes, then the virtual machine (whose host holds it back until the network rules are in
 * force), then running. Off: ask the guest, cut it off past the grace, remove the virtual machine,
 * end the incarnation. Terminated: the same, then the volumes, then the end. Whatever the host
 * found out by itself leads to "stopped" at most: only a user's intent reaches a volume.
 */
final class InstancePlan {
  /** How long a guest may take over a clean shutdown before it is cut off, in seconds. */
  static final int STOP_GRACE_SECONDS = 120;

  /** The same when the instance is terminated, in seconds. */
  static final int TERMINATE_GRACE_SECONDS = 20;

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  private InstancePlan() {}

  /** The next action. */
  static InstanceAction next(InstanceView view) {
    return switch (view.instance().power()) {
      case ON -> view.vm() == null ? new InstanceAction.Nothing() : towardsRunning(view);
      case OFF ->
          view.vm() == null
              ? new InstanceAction.Nothing()
              : towardsOff(view, view.instance().forceOff() ? 0 : STOP_GRACE_SECONDS);
      case TERMINATED ->
          view.vm() == null
              ? towardsTerminated(view)
              : towardsOff(view, view.instance().forceOff() ? 0 : TERMINATE_GRACE_SECONDS);
    };
  }

  private static InstanceAction towardsRunning(InstanceView view) {
    boolean told = view.writtenSpec().filter(s -> s.power() == DesiredPower.RUNNING).isPresent();
    if (!told) {
      // Once it is told, a volume's news no longer hide those of the virtual machine.
      for (AttachedVolume volume : view.volumes()) {
        if (volume.path().isEmpty()) {
          return withoutVolume(view, volume);
        }
      }
    }
    VmSpec wanted = VmSpecs.running(view);
    if (view.writtenSpec().filter(wanted::equals).isEmpty()) {
      return new InstanceAction.PutVm(wanted);
    }
    Optional<AgentFault> fault = view.vmDocument().fault();
    if (fault.isPresent() && !fault.get().retried() && notYetRunning(view)) {
      return new InstanceAction.Park(fault.get().message());
    }
    return seen(view)
        .map(status -> afterLooking(view, status))
        .orElseGet(() -> waitFor("the host to make the virtual machine"));
  }

  /**
   * A start that can never succeed is given up; a machine that ran is never stopped for a fault.
   */
  private static boolean notYetRunning(InstanceView view) {
    return view.vm().runningAt() == null;
  }

  private static InstanceAction withoutVolume(InstanceView view, AttachedVolume volume) {
    if (view.imageFault() != null && !view.imageFault().retried()) {
      return new InstanceAction.Park(
          "its image cannot be used on its host: " + view.imageFault().message());
    }
    Optional<AgentFault> fault = Optional.ofNullable(volume.document()).flatMap(d -> d.fault());
    if (fault.isPresent() && !fault.get().retried()) {
      return new InstanceAction.Park(
          "volume " + volume.volume().id() + ": " + fault.get().message());
    }
    return waitFor(
        "volume " + volume.volume().id() + fault.map(f -> " (" + f.message() + ")").orElse(""));
  }

  private static InstanceAction afterLooking(InstanceView view, ResourceStatus.Vm status) {
    return switch (status.power()) {
      case RUNNING, SUSPENDED_IO ->
          view.vm().runningAt() == null
              ? new InstanceAction.RecordRunning()
              : new InstanceAction.Nothing();
      case PAUSED -> waitFor("the network rules of its interfaces");
      case OFF -> off(view, status.offReason());
    };
  }

  private static InstanceAction off(InstanceView view, OffReason reason) {
    return switch (reason) {
      case GUEST -> new InstanceAction.RecordShutDownFromInside();
      case CRASHED -> new InstanceAction.Park("the virtual machine ended unexpectedly; start it");
      case UNKNOWN -> new InstanceAction.Park("the virtual machine was found off; start it");
      case NOT_STARTED, REQUESTED -> waitFor("the host to start the virtual machine");
    };
  }

  private static InstanceAction towardsOff(InstanceView view, int graceSeconds) {
    if (view.vmDocument() == null) {
      return new InstanceAction.EndVm();
    }
    if (view.vmDocument().spec() == null) {
      return view.vmDocument().provedAbsent()
          ? new InstanceAction.EndVm()
          : waitFor("the host to remove the virtual machine");
    }
    VmSpec wanted = VmSpecs.off(view.writtenSpec().orElseThrow(), graceSeconds);
    if (!wanted.equals(view.writtenSpec().orElseThrow())) {
      return new InstanceAction.PutVm(wanted);
    }
    boolean off =
        view.vmDocument().settled()
            && (view.vmDocument().status(ResourceStatus.Absent.class).isPresent()
                || view.vmDocument()
                    .status(ResourceStatus.Vm.class)
                    .filter(s -> s.power() == ObservedPower.OFF)
                    .isPresent());
    return off ? new InstanceAction.RemoveVm() : waitFor("the guest to shut down");
  }

  private static InstanceAction towardsTerminated(InstanceView view) {
    if (view.instance().terminatedAt() != null) {
      return new InstanceAction.Nothing();
    }
    boolean toDelete = false;
    boolean deleting = false;
    for (AttachedVolume volume : view.volumes()) {
      boolean deleted = volume.volume().deletedAt() != null;
      toDelete |= volume.attachment().deleteOnTermination() && !deleted;
      deleting |= deleted && volume.document() != null && !volume.document().provedAbsent();
    }
    if (toDelete) {
      return new InstanceAction.DeleteVolumes();
    }
    return deleting ? waitFor("the hosts to remove its volumes") : new InstanceAction.Finish();
  }

  /** What the host saw of the document's present generation; older sights prove nothing. */
  private static Optional<ResourceStatus.Vm> seen(InstanceView view) {
    return view.vmDocument().observed() == null
            || view.vmDocument().observed().generation() != view.vmDocument().generation()
        ? Optional.empty()
        : view.vmDocument().status(ResourceStatus.Vm.class);
  }

  private static InstanceAction waitFor(String what) {
    return new InstanceAction.Wait(LOOK_AGAIN, what);
  }
}
