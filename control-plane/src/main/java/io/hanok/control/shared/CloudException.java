package io.hanok.control.shared;

/** A refusal that the caller is told of: a code, and a sentence that says what to do. */
public final class CloudException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  public CloudException(ErrorCode code, String message) {
    super(message);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }
}
