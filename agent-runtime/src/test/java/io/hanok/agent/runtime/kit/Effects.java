package io.hanok.agent.runtime.kit;

import java.util.ArrayList;
import java.util.List;

/**
 * Records what a simulated host was made to do, and crashes the agent after an effect on order.
 *
 * <p>A {@code Sim…} calls {@link #happened} at the end of each call that changed something, when
 * the change is in place; calls that only look, or that found nothing to do, are no effects. Safe
 * for use by several threads.
 */
public final class Effects {
  private final List<String> log = new ArrayList<>();
  private int crashAfter = -1;

  /** Crashes the agent when so many more effects have happened; counts from 1. */
  public synchronized void crashAfter(int effects) {
    if (effects < 1) {
      throw new IllegalArgumentException("a crash comes after an effect");
    }
    crashAfter = log.size() + effects;
  }

  /** Cancels a crash that has not happened. */
  public synchronized void crashNoMore() {
    crashAfter = -1;
  }

  /**
   * Something on the host was changed.
   *
   * @param effect what, for the reader of a failed test
   * @throws SimulatedCrash if one was ordered after this effect
   */
  public synchronized void happened(String effect) {
    log.add(effect);
    if (log.size() == crashAfter) {
      throw new SimulatedCrash(effect);
    }
  }

  /** How many effects there were. */
  public synchronized int count() {
    return log.size();
  }

  /** All effects in their order. */
  public synchronized List<String> log() {
    return List.copyOf(log);
  }
}
