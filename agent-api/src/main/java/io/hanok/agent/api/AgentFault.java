package io.hanok.agent.api;

/**
 * Why an agent could not bring something to its desired state.
 *
 * @param code what kind of failure
 * @param message one sentence for the operator
 */
public record AgentFault(Code code, String message) {
  /** The kinds of failure, each with what the control plane should make of it. */
  public enum Code {
    /** The document itself cannot be carried out on this host; trying again will not help. */
    INVALID_SPEC,
    /** A source (image file, URL) is missing or is not what was announced. */
    SOURCE_UNUSABLE,
    /** The pool, memory or another resource of the host is exhausted. */
    NO_CAPACITY,
    /** Something that this waits for is not there yet; tried again by itself. */
    NOT_READY,
    /** A command or a call of the host failed; tried again by itself with back-off. */
    HOST_ERROR
  }

  /** Whether the agent goes on trying by itself. */
  @com.fasterxml.jackson.annotation.JsonIgnore
  public boolean retried() {
    return switch (code) {
      case INVALID_SPEC, SOURCE_UNUSABLE -> false;
      case NO_CAPACITY, NOT_READY, HOST_ERROR -> true;
    };
  }
}
