package io.hanok.agent.runtime;

import io.hanok.agent.api.DocumentKind;

/** How the host's own events (libvirt, netlink, a finished copy) reach the convergence of a key. */
public interface Wakeups {
  /** Converges this key soon; a wake-up during a run causes exactly one more run. */
  void wake(DocumentKind kind, String key);

  /** Converges every key of a kind soon. */
  void wakeAll(DocumentKind kind);

  /** Sends a report soon, because something changed that no convergence made. */
  void reportSoon();
}
