package io.hanok.control.ec2;

import io.hanok.control.identity.AccessKeys;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.ErrorCode.ErrorClass;
import io.hanok.control.shared.HanokProperties;
import io.hanok.wire.AwsService;
import io.hanok.wire.AwsServices;
import io.hanok.wire.FormParameters;
import io.hanok.wire.QueryCodec;
import io.hanok.wire.SigV4Verifier;
import io.hanok.wire.SignedRequest;
import io.hanok.wire.Verified;
import io.hanok.wire.WireException;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import software.amazon.awssdk.core.SdkPojo;

/**
 * The door for the AWS tools: a signed request goes to the action of the service that its
 * credential scope names, whatever its path.
 *
 * <p>A request signed for the service {@code hanok} is verified here and passed on to {@code /v1}
 * with its {@link Caller}.
 */
@Component
@Order(0)
public class AwsDoor extends OncePerRequestFilter {
  /** Request attribute with the {@link Caller} of a verified request for {@code /v1}. */
  public static final String CALLER = "hanok.caller";

  private static final Logger LOG = LoggerFactory.getLogger(AwsDoor.class);
  private static final int BODY_LIMIT = 2 << 20;
  private static final String NATIVE_SERVICE = "hanok";

  private final SigV4Verifier<Caller> verifier;
  private final AwsActionRegistry registry;
  private final ActionRunner runner;
  private final HanokProperties properties;
  private final Map<String, QueryCodec> codecs;

  public AwsDoor(
      AccessKeys keys,
      AwsActionRegistry registry,
      ActionRunner runner,
      HanokProperties properties,
      Clock clock) {
    this.verifier = new SigV4Verifier<>(keys::signingKey, clock);
    this.registry = registry;
    this.runner = runner;
    this.properties = properties;
    this.codecs =
        AwsServices.all().stream()
            .collect(Collectors.toUnmodifiableMap(AwsService::signingName, QueryCodec::new));
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest http, HttpServletResponse answer, FilterChain chain)
      throws ServletException, IOException {
    byte[] body = http.getInputStream().readNBytes(BODY_LIMIT + 1);
    SignedRequest request =
        SignedRequest.of(
            http.getMethod(), http.getRequestURI(), http.getQueryString(), headers(http), body);
    String service = SigV4Verifier.peekService(request).orElse(null);
    if (service == null && !looksLikeAnAction(http, body)) {
      chain.doFilter(new BufferedRequest(http, body), answer);
      return;
    }
    String requestId = UUID.randomUUID().toString();
    MDC.put("request", requestId);
    try {
      if (NATIVE_SERVICE.equals(service)) {
        http.setAttribute(CALLER, verified(request).principal());
        chain.doFilter(new BufferedRequest(http, body), answer);
      } else {
        serve(request, body, service, requestId, answer);
      }
    } catch (WireException e) {
      refuse(answer, service, e.code(), e.getMessage(), e.httpStatus(), requestId);
    } finally {
      MDC.remove("request");
    }
  }

  private void serve(
      SignedRequest request,
      byte[] body,
      String service,
      String requestId,
      HttpServletResponse answer)
      throws IOException {
    try {
      if (body.length > BODY_LIMIT) {
        throw new WireException(
            "RequestEntityTooLarge", 413, "A request has at most %d bytes.".formatted(BODY_LIMIT));
      }
      Caller caller = verified(request).principal();
      QueryCodec codec = codecs.get(service);
      if (codec == null) {
        throw new CloudException(
            ErrorCode.INVALID_ACTION,
            "The service '%s' is not served here; served are %s."
                .formatted(service, String.join(", ", codecs.keySet().stream().sorted().toList())));
      }
      FormParameters form =
          FormParameters.parse(
              request.rawQuery(),
              new String(body, StandardCharsets.UTF_8),
              FormParameters.Limits.STANDARD);
      send(answer, 200, requestId, act(codec, form, caller, requestId));
    } catch (CloudException e) {
      LOG.info("{}: {}", e.code().code(), e.getMessage());
      refuse(
          answer,
          service,
          e.code().code(),
          e.getMessage(),
          e.code().errorClass().status(),
          requestId);
    } catch (WireException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.error("request {} failed inside", requestId, e);
      refuse(
          answer,
          service,
          ErrorCode.INTERNAL_ERROR.code(),
          "An internal error has occurred. Try again; the control plane's log has more under the"
              + " request id.",
          ErrorClass.INTERNAL.status(),
          requestId);
    }
  }

  private String act(QueryCodec codec, FormParameters form, Caller caller, String requestId) {
    String action = form.action();
    List<String> unknown = new ArrayList<>();
    SdkPojo request = codec.parse(action, form, unknown);
    if (!unknown.isEmpty()) {
      LOG.info("{} carried parameters that are not in the model: {}", action, unknown);
    }
    var served =
        registry
            .find(codec.service().signingName(), request.getClass())
            .orElseThrow(
                () ->
                    new CloudException(
                        ErrorCode.UNSUPPORTED_OPERATION,
                        "%s is an action of AWS that this cloud does not serve."
                            .formatted(action)));
    SdkPojo response = runner.run(served, request, caller);
    return codec.marshal(action, response, requestId);
  }

  private Verified<Caller> verified(SignedRequest request) {
    Verified<Caller> verified = verifier.verify(request);
    if (!verified.region().equals(properties.region())
        && !properties.regionAliases().contains(verified.region())) {
      throw new WireException(
          "SignatureDoesNotMatch",
          403,
          "Credential should be scoped to a valid region, not '%s': use '%s'."
              .formatted(verified.region(), properties.region()));
    }
    return verified;
  }

  /** An unsigned request that means an action is told so in the tools' own form. */
  private static boolean looksLikeAnAction(HttpServletRequest http, byte[] body) {
    String query = http.getQueryString();
    return "/".equals(http.getRequestURI())
        && (http.getMethod().equals("POST") || (query != null && query.contains("Action=")))
        && (query != null && query.contains("Action=")
            || new String(body, StandardCharsets.ISO_8859_1).contains("Action="));
  }

  private void refuse(
      HttpServletResponse answer,
      String service,
      String code,
      String message,
      int status,
      String requestId)
      throws IOException {
    QueryCodec codec = codecs.getOrDefault(service == null ? "ec2" : service, codecs.get("ec2"));
    send(answer, status, requestId, codec.error(code, message, requestId, status < 500));
  }

  private static void send(HttpServletResponse answer, int status, String requestId, String text)
      throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    answer.setStatus(status);
    answer.setContentType("text/xml;charset=UTF-8");
    answer.setHeader("x-amzn-RequestId", requestId);
    answer.setContentLength(bytes.length);
    answer.getOutputStream().write(bytes);
  }

  private static Map<String, List<String>> headers(HttpServletRequest http) {
    Map<String, List<String>> headers = new HashMap<>();
    for (String name : Collections.list(http.getHeaderNames())) {
      headers.put(name, Collections.list(http.getHeaders(name)));
    }
    return headers;
  }
}
