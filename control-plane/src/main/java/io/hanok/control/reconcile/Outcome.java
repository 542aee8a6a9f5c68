package io.hanok.control.reconcile;

import java.time.Duration;

/** What a run of a reconciler came to: a value, never an exception. */
public sealed interface Outcome {
  /** Nothing is left to do until somebody wakes the key. */
  record Settled() implements Outcome {}

  /**
   * Look again.
   *
   * @param after when, if nothing wakes the key before
   * @param waitingFor what it waits for, in words for the operator
   */
  record Again(Duration after, String waitingFor) implements Outcome {}

  /** Something refused; tried again with back-off. */
  record Failed(String error) implements Outcome {}

  static Outcome settled() {
    return new Settled();
  }

  static Outcome again(Duration after, String waitingFor) {
    return new Again(after, waitingFor);
  }
}
