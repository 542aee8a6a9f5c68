package io.hanok.agent.runtime;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.Refusal;
import java.util.Map;

/**
 * One agent, as the runtime starts it: its name, its converger, and what it answers beside the
 * contract.
 */
public interface Agent {
  /** Which of the three. */
  AgentName name();

  /**
   * Makes the converger; called once, before anything else runs.
   *
   * @param wakeups how the host's events reach the runtime
   */
  Converger start(AgentSettings settings, Wakeups wakeups);

  /** Further GET resources: path prefix → what answers the rest of the path. */
  default Map<String, Resource> resources() {
    return Map.of();
  }

  /** Lets go of what the agent holds; the host keeps running as it is. */
  default void stop() {}

  /** Answers a GET. */
  @FunctionalInterface
  interface Resource {
    /**
     * Answers for one id.
     *
     * @param id the path behind the prefix
     * @throws Refused if there is nothing to answer
     */
    Content get(String id) throws Refused;
  }

  /** Bytes with their media type. */
  record Content(String mediaType, byte[] bytes) {}

  /** The resource has no answer. */
  final class Refused extends Exception {
    private static final long serialVersionUID = 1L;
    private final transient Refusal refusal;

    public Refused(Refusal.Code code, String message) {
      super(message);
      this.refusal = new Refusal(code, message);
    }

    /** What is answered instead. */
    public Refusal refusal() {
      return refusal;
    }
  }
}
