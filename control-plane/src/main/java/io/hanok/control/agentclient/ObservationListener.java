package io.hanok.control.agentclient;

import io.hanok.agent.api.DocumentKind;
import java.util.Set;

/** Is told, in the transaction that stores a report, which observations changed. */
public interface ObservationListener {
  /**
   * Observations of a kind changed on a host.
   *
   * @param keys the keys of their documents
   */
  void observed(String hostId, DocumentKind kind, Set<String> keys);
}
