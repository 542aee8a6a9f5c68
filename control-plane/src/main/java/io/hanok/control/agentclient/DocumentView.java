package io.hanok.control.agentclient;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DocumentSpec;
import io.hanok.agent.api.ResourceStatus;
import java.util.Optional;

/**
 * A document and what its agent last saw of it.
 *
 * @param generation generation of the document
 * @param spec what is wanted, or null: absent
 * @param observed what the agent saw, of whatever generation; null before its first report
 */
public record DocumentView(long generation, DocumentSpec spec, Observed observed) {
  /**
   * An observation.
   *
   * @param generation the generation that the agent had worked on
   * @param settled whether the host was as that generation asks
   * @param status what was there, or null if not known
   * @param fault why it is not settled, or null
   */
  public record Observed(
      long generation, boolean settled, ResourceStatus status, AgentFault fault) {}

  /** Whether the host is as the present generation asks. */
  public boolean settled() {
    return observed != null && observed.settled() && observed.generation() == generation;
  }

  /** Whether the agent has proved that nothing of it is left. */
  public boolean provedAbsent() {
    return spec == null && settled();
  }

  /** The observed status, if it is of the given kind. */
  public <T extends ResourceStatus> Optional<T> status(Class<T> type) {
    return Optional.ofNullable(observed)
        .map(Observed::status)
        .filter(type::isInstance)
        .map(type::cast);
  }

  /** The fault of the present generation, if there is one. */
  public Optional<AgentFault> fault() {
    return Optional.ofNullable(observed)
        .filter(o -> o.generation() == generation)
        .map(Observed::fault);
  }
}
