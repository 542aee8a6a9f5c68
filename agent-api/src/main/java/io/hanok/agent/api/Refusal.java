package io.hanok.agent.api;

/**
 * Why a request to an agent, or to the agents' door of the control plane, was refused.
 *
 * @param code what kind of refusal
 * @param message one sentence: what is wrong and what to do
 */
public record Refusal(Code code, String message) {
  /** The kinds of refusal. */
  public enum Code {
    /** The document's generation is older than the one in the ledger. */
    STALE_GENERATION,
    /** The generation is known, but with other content. */
    CONFLICTING_CONTENT,
    /** The request is not understood. */
    MALFORMED,
    /** The caller's certificate or token does not allow this. */
    DENIED,
    /** There is no such thing here. */
    NOT_FOUND,
    /** Something failed inside; the log says more. */
    INTERNAL
  }
}
