package io.hanok.agent.runtime;

import io.hanok.agent.api.AgentFault;

/** A failure of the host or of a document, with the code under which it is reported. */
public final class AgentException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient AgentFault fault;

  public AgentException(AgentFault.Code code, String message) {
    this(code, message, null);
  }

  public AgentException(AgentFault.Code code, String message, Throwable cause) {
    super(message, cause);
    this.fault = new AgentFault(code, message);
  }

  /** What is reported. */
  public AgentFault fault() {
    return fault;
  }
}
