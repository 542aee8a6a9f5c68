package io.hanok.wire;

/**
 * A fault in the caller's own request, in the words AWS uses for it.
 *
 * <p>The codes and statuses are those of <a
 * href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html">EC2's error
 * list</a>; the message tells the caller what to change. It never holds a secret.
 */
public final class WireException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** How much of a caller's text a message repeats, in characters. */
  private static final int QUOTED = 100;

  private final String code;
  private final int httpStatus;

  public WireException(String code, int httpStatus, String message) {
    super(message);
    this.code = code;
    this.httpStatus = httpStatus;
  }

  /** AWS's name for the fault, such as {@code InvalidAction}. */
  public String code() {
    return code;
  }

  /** The HTTP status to answer with, 400 to 499. */
  public int httpStatus() {
    return httpStatus;
  }

  static WireException malformedQueryString(String message) {
    return new WireException("MalformedQueryString", 400, message);
  }

  static WireException invalidQueryParameter(String message) {
    return new WireException("InvalidQueryParameter", 400, message);
  }

  static WireException invalidAction(String action) {
    return new WireException(
        "InvalidAction",
        400,
        "The action " + quoted(action) + " is not valid for this web service.");
  }

  static WireException invalidParameterValue(String parameter, String value, String wanted) {
    return new WireException(
        "InvalidParameterValue",
        400,
        "Value (%s) for parameter %s is invalid. Expected %s."
            .formatted(quoted(value), quoted(parameter), wanted));
  }

  static WireException incompleteSignature(String message) {
    return new WireException("IncompleteSignature", 400, message);
  }

  static WireException signatureDoesNotMatch(String message) {
    return new WireException("SignatureDoesNotMatch", 403, message);
  }

  static WireException authFailure(String message) {
    return new WireException("AuthFailure", 401, message);
  }

  static WireException requestExpired(String message) {
    return new WireException("RequestExpired", 400, message);
  }

  static WireException missingAuthenticationToken() {
    return new WireException(
        "MissingAuthenticationToken",
        403,
        "The request is not signed. Sign it with AWS Signature Version 4, in the Authorization"
            + " header or in the query string.");
  }

  /** The caller's text, cut to a length that a message can carry. */
  static String quoted(String text) {
    return text.length() <= QUOTED ? text : text.substring(0, QUOTED) + "…";
  }
}
