package io.hanok.agent.runtime;

import java.time.Duration;

/** Calls back later: real time in an agent, a hand-driven clock in tests. */
interface Timers {
  /**
   * Calls an action once after a delay, on a thread that it must not hold for long.
   *
   * @return the timer, which may still be cancelled
   */
  Timer after(Duration delay, Runnable action);

  /** One call-back to come. */
  @FunctionalInterface
  interface Timer {
    /** Calls it off; too late or twice does no harm. */
    void cancel();
  }
}
