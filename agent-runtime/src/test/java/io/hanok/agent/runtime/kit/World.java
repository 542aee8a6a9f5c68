package io.hanok.agent.runtime.kit;

import io.hanok.agent.runtime.Converger;
import java.time.Duration;

/** A simulated host with an agent on it, as {@link ConvergenceKit} drives it. */
public interface World {
  /**
   * A converger as a newly started agent has it: over the same host, with nothing remembered. Asked
   * for at the beginning and after each crash.
   */
  Converger freshConverger();

  /** What was done to the host. */
  Effects effects();

  /** Lets time go by on the host: what runs beside the agent (a guest, a copy) gets further. */
  default void elapse(Duration duration) {}
}
