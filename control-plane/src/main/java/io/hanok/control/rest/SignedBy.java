package io.hanok.control.rest;

import io.hanok.control.ec2.AwsDoor;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ProblemDetail;
import org.springframework.web.ErrorResponseException;
import org.springframework.web.context.request.WebRequest;

/** Tells who signed a request of a native door. */
public final class SignedBy {
  private SignedBy() {}

  /**
   * As {@link #of}, if the caller is an operator.
   *
   * @throws CloudException UnauthorizedOperation if not
   */
  public static Caller operator(WebRequest request) {
    Caller caller = of(request);
    if (!caller.operator()) {
      throw new CloudException(
          ErrorCode.UNAUTHORIZED_OPERATION, "Only an operator's account may do this.");
    }
    return caller;
  }

  /**
   * The caller whose signature the door has verified.
   *
   * @throws ErrorResponseException 401 if the request was not signed
   */
  public static Caller of(WebRequest request) {
    if (request.getAttribute(AwsDoor.CALLER, WebRequest.SCOPE_REQUEST) instanceof Caller caller) {
      return caller;
    }
    ErrorResponseException refusal =
        new ErrorResponseException(
            HttpStatus.UNAUTHORIZED,
            ProblemDetail.forStatusAndDetail(
                HttpStatus.UNAUTHORIZED,
                "Sign the request with AWS Signature Version 4 for the service 'hanok'."),
            null);
    refusal.getHeaders().add(HttpHeaders.WWW_AUTHENTICATE, "AWS4-HMAC-SHA256");
    throw refusal;
  }
}
