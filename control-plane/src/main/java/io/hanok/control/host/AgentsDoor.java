package io.hanok.control.host;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.CertificateNames;
import io.hanok.agent.api.JoinRequest;
import io.hanok.agent.api.Refusal;
import io.hanok.agent.api.RenewRequest;
import io.hanok.agent.api.id.HostId;
import io.hanok.agent.api.tls.PeerTrust;
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
import java.util.Locale;
import java.util.Map;
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
 * What a stranger sends is small: a large body is read only of who has shown a certificate.
 */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE)
public class AgentsDoor extends OncePerRequestFilter {
  private static final Logger LOG = LoggerFactory.getLogger(AgentsDoor.class);
  private static final int SMALL_BODY = 64 << 10;
  private static final int REPORT_BODY = 64 << 20;

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
      send(answer, 200, serve(request));
    } catch (Denied e) {
      refuse(answer, 403, Refusal.Code.DENIED, e.getMessage());
    } catch (TooLarge e) {
      refuse(answer, 413, Refusal.Code.MALFORMED, e.getMessage());
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

  /** The caller sends more than belongs to such a call. */
  private static final class TooLarge extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooLarge(int limit) {
      super("the body of this call has at most %d bytes".formatted(limit));
    }
  }

  private Object serve(HttpServletRequest request) throws IOException {
    String call = request.getMethod() + " " + request.getRequestURI();
    return switch (call) {
      case "POST " + AgentPaths.JOIN ->
          membership.join(read(request, SMALL_BODY, JoinRequest.class));
      case "POST " + AgentPaths.REPORTS -> {
        List<String> names = agentNames(request);
        AgentReport report = read(request, REPORT_BODY, AgentReport.class);
        requireName(names, CertificateNames.agent(report.hostId(), report.agent()));
        reports.accept(report);
        yield Map.of();
      }
      case "POST " + AgentPaths.RENEW -> {
        String[] parts = agentNames(request).getFirst().split("/", -1);
        yield membership.renew(
            new HostId(parts[1]),
            AgentName.valueOf(parts[2].toUpperCase(Locale.ROOT)),
            read(request, SMALL_BODY, RenewRequest.class));
      }
      default -> throw new Denied("there is no such call for agents: " + call);
    };
  }

  private <T> T read(HttpServletRequest request, int limit, Class<T> type) throws IOException {
    if (request.getContentLengthLong() > limit) {
      throw new TooLarge(limit);
    }
    byte[] body = request.getInputStream().readNBytes(limit + 1);
    if (body.length > limit) {
      throw new TooLarge(limit);
    }
    T value = json.readValue(body, type);
    if (value == null) {
      throw new IllegalArgumentException("the body is null");
    }
    return value;
  }

  private static void requireName(List<String> names, String name) {
    if (!names.contains(name)) {
      throw new Denied("the certificate does not name " + name);
    }
  }

  /** The agents that the caller's certificate names: one. */
  private static List<String> agentNames(HttpServletRequest request) {
    X509Certificate[] chain =
        (X509Certificate[]) request.getAttribute("jakarta.servlet.request.X509Certificate");
    if (chain == null || chain.length == 0) {
      throw new Denied("a certificate is needed; join first");
    }
    try {
      List<String> names =
          PeerTrust.uriNames(chain[0]).stream()
              .filter(n -> n.startsWith(CertificateNames.AGENTS))
              .toList();
      if (names.isEmpty()) {
        throw new Denied("the certificate names no agent");
      }
      return names;
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
