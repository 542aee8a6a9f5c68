package io.hanok.agent.api;

/** What a virtual machine should be doing. */
public enum DesiredPower {
  /** Defined and started with its processors paused: its taps exist, no guest code has run. */
  PAUSED,
  /** Running. Reached from PAUSED only once the network agent has reported its interfaces ready. */
  RUNNING,
  /** Not running: the guest is asked to power off and, past the deadline, cut off. */
  OFF
}
