package io.hanok.control.host;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.CertificateNames;
import io.hanok.agent.api.JoinRequest;
import io.hanok.agent.api.Refusal;
import io.hanok.agent.api.RenewRequest;
import io.hanok.agent.api.id.HostId;
import io.hanok.control.shared.Ambience.ContractMapper;
import io.hanok.control.shared.HanokProperties;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.stereotype.Component;
import org.springframework.web.filter.OncePerRequestFilter;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What agents may say: join with a token; report and renew with their certificate.
 *
 * <p>Everything that arrives on the agents' port is answered here, and nothing of it anywhere else.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public class AgentsDoor extends OncePerRequestFilter {
  private static final Logger LOG = LoggerFactory.getLogger(AgentsDoor.class);
  private static final int BODY_LIMIT = 64 << 20;
  private static final int URI_NAME = 6;

  private final HostMembership membership;
  private final HostReports reports;
  private final JsonMapper json;
  private final int port;

  public AgentsDoor(
      HostMembership membership,
      HostReports reports,
      ContractMapper mapper,
      HanokProperties properties) {
    this.membership = membership;
    this.reports = reports;
    this.json = mapper.json();
    this.port = properties.agentsPort();
  }

  @Override
  protected boolean shouldNotFilter(HttpServletRequest request) {
    return request.getLocalPort() != port;
  }

  @Override
  protected void doFilterInternal(
      HttpServletRequest request, HttpServletResponse answer, FilterChain chain)
      throws ServletException, IOException {
    try {
      byte[] body = request.getInputStream().readNBytes(BODY_LIMIT);
      send(answer, 200, serve(request, body));
    } catch (Denied e) {
      refuse(answer, 403, Refusal.Code.DENIED, e.getMessage());
    } catch (JacksonException | IllegalArgumentException e) {
      refuse(answer, 400, Refusal.Code.MALFORMED, String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
      refuse(answer, 500, Refusal.Code.INTERNAL, "the control plane's log says more");
    }
  }

  /** The caller may not do this. */
  static final class Denied extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Denied(String message) {
      super(message);
    }
  }

  private Object serve(HttpServletRequest request, byte[] body) {
    String call = request.getMethod() + " " + request.getRequestURI();
    if (call.equals("POST " + AgentPaths.JOIN)) {
      return membership.join(json.readValue(body, JoinRequest.class));
    }
    Set<String> names = certificateNames(request);
    if (call.equals("POST " + AgentPaths.REPORTS)) {
      AgentReport report = json.readValue(body, AgentReport.class);
      requireName(names, CertificateNames.agent(report.hostId(), report.agent()));
      reports.accept(report);
      return java.util.Map.of();
    }
    if (call.equals("POST " + AgentPaths.RENEW)) {
      String name =
          names.stream()
              .filter(n -> n.startsWith("hanok:host/"))
              .findFirst()
              .orElseThrow(() -> new Denied("the certificate names no agent"));
      String[] parts = name.split("/");
      return membership.renew(
          new HostId(parts[1]),
          AgentName.valueOf(parts[2].toUpperCase(java.util.Locale.ROOT)),
          json.readValue(body, RenewRequest.class));
    }
    throw new Denied("there is no such call for agents: " + call);
  }

  private static void requireName(Set<String> names, String name) {
    if (!names.contains(name)) {
      throw new Denied("the certificate does not name " + name);
    }
  }

  private static Set<String> certificateNames(HttpServletRequest request) {
    X509Certificate[] chain =
        (X509Certificate[]) request.getAttribute("jakarta.servlet.request.X509Certificate");
    if (chain == null || chain.length == 0) {
      throw new Denied("a certificate is needed; join first");
    }
    try {
      return Optional.ofNullable(chain[0].getSubjectAlternativeNames()).stream()
          .flatMap(java.util.Collection::stream)
          .filter(n -> n.getFirst().equals(URI_NAME))
          .map(List::getLast)
          .map(String::valueOf)
          .collect(Collectors.toSet());
    } catch (CertificateParsingException e) {
      throw new Denied("the certificate cannot be read");
    }
  }

  private void refuse(HttpServletResponse answer, int status, Refusal.Code code, String message)
      throws IOException {
    send(answer, status, new Refusal(code, message));
  }

  private void send(HttpServletResponse answer, int status, Object body) throws IOException {
    answer.setStatus(status);
    answer.setContentType("application/json");
    answer.getOutputStream().write(json.writeValueAsBytes(body));
  }
}
