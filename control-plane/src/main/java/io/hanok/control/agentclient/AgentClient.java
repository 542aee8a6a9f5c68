package io.hanok.control.agentclient;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.Refusal;

/** Speaks to one agent of one host. Never called inside a transaction. */
public interface AgentClient {
  /** What came of a request. */
  sealed interface Answer {
    /** Done; the bytes of the answer. */
    record Accepted(byte[] body) implements Answer {}

    /** The agent said no. */
    record Refused(Refusal refusal) implements Answer {}

    /** The agent could not be asked; whether it heard is not known. */
    record Unreachable(String why) implements Answer {}
  }

  /** Puts a document into the agent's ledger. */
  Answer put(String hostId, DesiredDocument document);

  /**
   * Reads a resource of an agent.
   *
   * @param path one of {@link io.hanok.agent.api.AgentPaths} and an id
   */
  Answer get(String hostId, AgentName agent, String path);
}
