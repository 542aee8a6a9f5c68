package io.hanok.control.rest;

import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import java.net.URI;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.ConcurrencyFailureException;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseEntityExceptionHandler;

/** Answers the errors of the native doors as problem details (RFC 9457), with their code. */
@RestControllerAdvice
public class ProblemDetails extends ResponseEntityExceptionHandler {
  private static final Logger LOG = LoggerFactory.getLogger(ProblemDetails.class);

  @ExceptionHandler
  ResponseEntity<ProblemDetail> refused(CloudException e) {
    LOG.info("{}: {}", e.code().code(), e.getMessage());
    return problem(status(e.code().errorClass()), e.code().code(), e.getMessage());
  }

  /** Two callers did the same at once; the second one's next try sees what the first did. */
  @ExceptionHandler({ConcurrencyFailureException.class, DataIntegrityViolationException.class})
  ResponseEntity<ProblemDetail> conflicted(DataAccessException e) {
    LOG.info("a request of a native door conflicted", e);
    return problem(
        HttpStatus.CONFLICT, "Conflict", "Another request changed the same thing. Try again.");
  }

  @ExceptionHandler
  ResponseEntity<ProblemDetail> failed(RuntimeException e) {
    LOG.error("a request of a native door failed inside", e);
    return problem(
        HttpStatus.INTERNAL_SERVER_ERROR,
        ErrorCode.INTERNAL_ERROR.code(),
        "An internal error has occurred. Try again; the control plane's log has more.");
  }

  private static ResponseEntity<ProblemDetail> problem(
      HttpStatus status, String code, String message) {
    ProblemDetail problem = ProblemDetail.forStatusAndDetail(status, message);
    problem.setType(URI.create("urn:hanok:error:" + code));
    problem.setTitle(status.getReasonPhrase());
    problem.setProperty("code", code);
    return ResponseEntity.status(status)
        .contentType(MediaType.APPLICATION_PROBLEM_JSON)
        .body(problem);
  }

  private static HttpStatus status(ErrorCode.ErrorClass errorClass) {
    return switch (errorClass) {
      case INVALID -> HttpStatus.BAD_REQUEST;
      case NOT_FOUND -> HttpStatus.NOT_FOUND;
      case CONFLICT -> HttpStatus.CONFLICT;
      case PRECONDITION -> HttpStatus.PRECONDITION_FAILED;
      case DENIED -> HttpStatus.FORBIDDEN;
      case CAPACITY -> HttpStatus.SERVICE_UNAVAILABLE;
      case INTERNAL -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }
}
