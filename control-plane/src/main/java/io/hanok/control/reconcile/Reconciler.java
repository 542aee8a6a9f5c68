package io.hanok.control.reconcile;

import java.time.Duration;

/** Brings one kind of thing nearer to what is wanted of it, given its key and nothing else. */
public interface Reconciler {
  /** The kind of work items that it takes. */
  String kind();

  /** How long an item may stay unfinished before it complains. */
  default Duration deadline() {
    return Duration.ofMinutes(5);
  }

  /**
   * Looks, does one or more steps, and says how far it came. Called again after any crash, from any
   * state; transactions go through {@link Lease#write}.
   */
  Outcome reconcile(String key, Lease lease);
}
