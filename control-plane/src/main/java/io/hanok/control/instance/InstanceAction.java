package io.hanok.control.instance;

import io.hanok.agent.api.VmSpec;
import java.time.Duration;

/** The next thing to be done for an instance. */
sealed interface InstanceAction {
  /** Tell the host what the virtual machine should be. */
  record PutVm(VmSpec spec) implements InstanceAction {}

  /** The guest runs: write down when. */
  record RecordRunning() implements InstanceAction {}

  /** The guest shut itself down: do what the user chose for that. */
  record RecordShutDownFromInside() implements InstanceAction {}

  /** It is off or cannot start, and not by the user's will: stopped, with the reason. */
  record Park(String reason) implements InstanceAction {}

  /** Tell the host to remove the virtual machine. */
  record RemoveVm() implements InstanceAction {}

  /** Nothing of the virtual machine is left: end the incarnation, give back what it held. */
  record EndVm() implements InstanceAction {}

  /** The user terminated it: delete the volumes that end with it. */
  record DeleteVolumes() implements InstanceAction {}

  /** Nothing of the instance is left: it is terminated. */
  record Finish() implements InstanceAction {}

  /** Nothing can be done now. */
  record Wait(Duration after, String waitingFor) implements InstanceAction {}

  /** Nothing is left to do. */
  record Nothing() implements InstanceAction {}
}
