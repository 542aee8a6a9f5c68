package io.hanok.control.instance;

/**
 * EC2's instance states, derived from what the user wants and from the incarnation; never stored.
 *
 * <p>Codes and names: EC2 API reference, InstanceState.
 */
public enum InstanceState {
  PENDING(0, "pending"),
  RUNNING(16, "running"),
  SHUTTING_DOWN(32, "shutting-down"),
  TERMINATED(48, "terminated"),
  STOPPING(64, "stopping"),
  STOPPED(80, "stopped");

  private final int code;
  private final String text;

  InstanceState(int code, String text) {
    this.code = code;
    this.text = text;
  }

  public int code() {
    return code;
  }

  /** EC2's name. */
  public String text() {
    return text;
  }

  /**
   * Derives the state.
   *
   * @param vm the living incarnation, or null
   */
  public static InstanceState derive(Instance instance, VmIncarnation vm) {
    return switch (instance.power()) {
      case ON -> vm != null && vm.runningAt() != null ? RUNNING : PENDING;
      case OFF -> vm != null ? STOPPING : STOPPED;
      case TERMINATED -> instance.terminatedAt() != null ? TERMINATED : SHUTTING_DOWN;
    };
  }
}
