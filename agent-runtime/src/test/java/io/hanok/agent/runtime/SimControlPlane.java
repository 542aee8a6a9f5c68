package io.hanok.agent.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.CertificateNames;
import io.hanok.agent.api.ContractJson;
import io.hanok.agent.api.JoinAnswer;
import io.hanok.agent.api.JoinRequest;
import io.hanok.agent.api.JoinToken;
import io.hanok.agent.api.Refusal;
import io.hanok.agent.api.RenewAnswer;
import io.hanok.agent.api.RenewRequest;
import io.hanok.agent.api.id.HostId;
import io.hanok.agent.api.tls.PeerTrust;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLParameters;
import tools.jackson.databind.json.JsonMapper;

/** The agents' door of a control plane, as far as the runtime knows it, with an authority. */
final class SimControlPlane implements AutoCloseable {
  static final HostId HOST = new HostId("host-00000000000000042");
  private static final JsonMapper JSON = ContractJson.mapper();

  final TestAuthority authority = new TestAuthority();
  final BlockingQueue<AgentReport> reports = new LinkedBlockingQueue<>();
  final List<String> refused = new CopyOnWriteArrayList<>();
  final Set<String> tokens = ConcurrentHashMap.newKeySet();
  final AtomicInteger reportsToFail = new AtomicInteger();
  final AtomicInteger renewals = new AtomicInteger();
  volatile JoinRequest joined;
  volatile Duration age = Duration.ofMinutes(1);
  private final HttpsServer server;

  SimControlPlane() throws IOException {
    this(CertificateNames.CONTROL_PLANE);
  }

  SimControlPlane(String name) throws IOException {
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(authority.context(authority.issue(name))) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters tls = getSSLContext().getDefaultSSLParameters();
            tls.setWantClientAuth(true);
            parameters.setSSLParameters(tls);
          }
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::serve);
    server.start();
  }

  String url() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  JoinToken token(String secret) {
    tokens.add(secret);
    return new JoinToken(url(), authority.sha256(), secret);
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      Object answer =
          switch (exchange.getRequestURI().getPath()) {
            case AgentPaths.JOIN -> join(JSON.readValue(body, JoinRequest.class));
            case AgentPaths.RENEW ->
                renew(JSON.readValue(body, RenewRequest.class), caller(exchange));
            case AgentPaths.REPORTS ->
                report(JSON.readValue(body, AgentReport.class), caller(exchange));
            default -> new Refusal(Refusal.Code.NOT_FOUND, "what?");
          };
      byte[] bytes = JSON.writeValueAsBytes(answer);
      exchange.sendResponseHeaders(answer instanceof Refusal ? 403 : 200, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
  }

  private static String caller(HttpExchange exchange) throws IOException {
    try {
      var chain = ((HttpsExchange) exchange).getSSLSession().getPeerCertificates();
      return PeerTrust.uriNames((X509Certificate) chain[0]).getFirst();
    } catch (java.security.cert.CertificateParsingException e) {
      throw new IOException(e);
    }
  }

  private Object join(JoinRequest request) {
    if (!tokens.remove(request.token())) {
      return new Refusal(Refusal.Code.DENIED, "the token is unknown or was used");
    }
    joined = request;
    Map<AgentName, String> certificates = new EnumMap<>(AgentName.class);
    Instant from = Instant.now().minus(age);
    request
        .signingRequests()
        .forEach(
            (agent, pem) ->
                certificates.put(
                    agent,
                    Pem.of(
                        authority.sign(
                            pem,
                            CertificateNames.agent(HOST, agent),
                            from,
                            from.plus(Duration.ofDays(30))))));
    return new JoinAnswer(HOST, certificates, Pem.of(authority.certificate()));
  }

  private Object renew(RenewRequest request, String caller) {
    renewals.incrementAndGet();
    Instant now = Instant.now();
    X509Certificate certificate =
        authority.sign(
            request.signingRequest(), caller, now.minusSeconds(60), now.plus(Duration.ofDays(30)));
    return new RenewAnswer(Pem.of(certificate), Pem.of(authority.certificate()));
  }

  private Object report(AgentReport report, String caller) {
    if (!caller.equals(CertificateNames.agent(report.hostId(), report.agent()))) {
      refused.add(caller);
      return new Refusal(Refusal.Code.DENIED, "this is not your report");
    }
    if (reportsToFail.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      return new Refusal(Refusal.Code.INTERNAL, "the database restarts");
    }
    reports.add(report);
    return Map.of();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
