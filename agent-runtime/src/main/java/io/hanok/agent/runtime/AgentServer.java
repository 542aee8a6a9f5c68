package io.hanok.agent.runtime;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.CertificateNames;
import io.hanok.agent.api.ContractJson;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.Refusal;
import io.hanok.agent.api.tls.PeerTrust;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * The agent's door: takes documents from the control plane, and from nobody else, and answers what
 * the agent sees.
 *
 * <p>TLS 1.3 with certificates on both sides, always. A caller must come from our authority (or
 * there is no connection) and bear the control plane's name (or it is refused with 403). A document
 * is answered when it is on disk; nobody waits for the host. Refusals are {@link Refusal}s.
 */
public final class AgentServer implements AutoCloseable {
  private static final int BODY_LIMIT = 32 * 1024 * 1024;
  private static final String JSON_TYPE = "application/json";
  private static final Logger log = LoggerFactory.getLogger(AgentServer.class);

  private final JsonMapper json = ContractJson.mapper();
  private final Ledger ledger;
  private final Convergence convergence;
  private final Converger converger;
  private final Map<String, Agent.Resource> resources;
  private final Supplier<AgentReport> report;
  private final HttpsServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * Binds the address; requests are answered from {@link #start} on.
   *
   * @throws IOException if the address cannot be bound
   */
  AgentServer(
      InetSocketAddress address,
      AgentIdentity identity,
      Ledger ledger,
      Convergence convergence,
      Converger converger,
      Map<String, Agent.Resource> resources,
      Supplier<AgentReport> report)
      throws IOException {
    this.ledger = ledger;
    this.convergence = convergence;
    this.converger = converger;
    this.resources = Map.copyOf(resources);
    this.report = report;
    // Read by the JDK's server when its first instance is made: answers leave without Nagle's
    // delay, and a caller that stalls in the middle of a request is cut off.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    System.setProperty("sun.net.httpserver.maxReqTime", "60");
    server = HttpsServer.create(address, 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(identity.serverContext()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters tls = getSSLContext().getDefaultSSLParameters();
            tls.setProtocols(new String[] {"TLSv1.3"});
            tls.setNeedClientAuth(true);
            parameters.setSSLParameters(tls);
          }
        });
    server.setExecutor(threads);
    server.createContext("/", this::serve);
  }

  /** Begins to answer. */
  void start() {
    server.start();
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return server.getAddress();
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      Agent.Content answer;
      int status = 200;
      try {
        answer = answer((HttpsExchange) exchange);
      } catch (Agent.Refused e) {
        log.info(
            "refused {} {}: {}",
            exchange.getRequestMethod(),
            exchange.getRequestURI().getPath(),
            e.getMessage());
        status = status(e.refusal().code());
        answer = json(e.refusal());
      } catch (RuntimeException | IOException e) {
        log.error("{} {} failed", exchange.getRequestMethod(), exchange.getRequestURI(), e);
        status = status(Refusal.Code.INTERNAL);
        answer = json(new Refusal(Refusal.Code.INTERNAL, String.valueOf(e.getMessage())));
      }
      exchange.getResponseHeaders().set("Content-Type", answer.mediaType());
      exchange.sendResponseHeaders(status, answer.bytes().length == 0 ? -1 : answer.bytes().length);
      exchange.getResponseBody().write(answer.bytes());
    }
  }

  private Agent.Content answer(HttpsExchange exchange) throws Agent.Refused, IOException {
    checkCaller(exchange);
    String path = exchange.getRequestURI().getPath();
    String method = exchange.getRequestMethod();
    if (method.equals("PUT") && path.startsWith(AgentPaths.DOCUMENTS)) {
      return put(path.substring(AgentPaths.DOCUMENTS.length()), exchange);
    }
    if (method.equals("GET") && path.equals(AgentPaths.REPORT)) {
      return json(report.get());
    }
    if (method.equals("GET")) {
      for (Map.Entry<String, Agent.Resource> resource : resources.entrySet()) {
        if (path.startsWith(resource.getKey())) {
          return get(resource.getValue(), path.substring(resource.getKey().length()));
        }
      }
    }
    throw new Agent.Refused(Refusal.Code.NOT_FOUND, "there is no " + method + " " + path);
  }

  private static void checkCaller(HttpsExchange exchange) throws Agent.Refused {
    try {
      if (exchange.getSSLSession().getPeerCertificates()[0] instanceof X509Certificate certificate
          && PeerTrust.bears(certificate, CertificateNames.CONTROL_PLANE)) {
        return;
      }
    } catch (SSLPeerUnverifiedException | CertificateParsingException e) {
      throw new Agent.Refused(Refusal.Code.DENIED, "the certificate is not understood");
    }
    throw new Agent.Refused(
        Refusal.Code.DENIED, "only the control plane may speak to an agent of a host");
  }

  private static Agent.Content get(Agent.Resource resource, String id) throws Agent.Refused {
    if (!DocumentKey.isSafe(id)) {
      throw new Agent.Refused(Refusal.Code.MALFORMED, "not an id: " + id);
    }
    return resource.get(id);
  }

  private Agent.Content put(String kindAndKey, HttpExchange exchange)
      throws Agent.Refused, IOException {
    DocumentKey key = key(kindAndKey);
    DesiredDocument document = read(exchange);
    if (!document.key().equals(key.key()) || document.kind() != key.kind()) {
      throw new Agent.Refused(
          Refusal.Code.MALFORMED, "the document is not the one that the path names: " + key);
    }
    switch (ledger.accept(document)) {
      case Ledger.Acceptance.Accepted(boolean changed) -> {
        if (changed) {
          log.info(
              "{} is now {} at generation {}",
              key,
              document.present() ? "wanted" : "unwanted",
              document.generation());
          convergence.wake(key);
        }
      }
      case Ledger.Acceptance.Stale(long current) ->
          throw new Agent.Refused(
              Refusal.Code.STALE_GENERATION,
              "%s is at generation %d; %d is past".formatted(key, current, document.generation()));
      case Ledger.Acceptance.Conflicting() ->
          throw new Agent.Refused(
              Refusal.Code.CONFLICTING_CONTENT,
              "%s has generation %d with other content".formatted(key, document.generation()));
    }
    Optional<?> seen = convergence.observation(key);
    return json(seen.isPresent() ? seen.get() : Map.of());
  }

  private DocumentKey key(String kindAndKey) throws Agent.Refused {
    int slash = kindAndKey.indexOf('/');
    try {
      DocumentKind kind = DocumentKind.ofText(kindAndKey.substring(0, Math.max(slash, 0)));
      if (!converger.kinds().contains(kind)) {
        throw new Agent.Refused(
            Refusal.Code.NOT_FOUND, "this agent does not keep documents of kind " + kind.text());
      }
      return new DocumentKey(kind, kindAndKey.substring(slash + 1));
    } catch (IllegalArgumentException e) {
      throw new Agent.Refused(Refusal.Code.MALFORMED, e.getMessage());
    }
  }

  private DesiredDocument read(HttpExchange exchange) throws Agent.Refused, IOException {
    byte[] body = exchange.getRequestBody().readNBytes(BODY_LIMIT + 1);
    if (body.length > BODY_LIMIT) {
      throw new Agent.Refused(
          Refusal.Code.MALFORMED, "a document has at most " + BODY_LIMIT + " bytes");
    }
    try {
      DesiredDocument document = json.readValue(body, DesiredDocument.class);
      if (document != null) {
        return document;
      }
    } catch (JacksonException e) {
      throw new Agent.Refused(Refusal.Code.MALFORMED, e.getOriginalMessage());
    }
    throw new Agent.Refused(Refusal.Code.MALFORMED, "the body is empty");
  }

  private Agent.Content json(Object value) {
    return new Agent.Content(JSON_TYPE, json.writeValueAsBytes(value));
  }

  private static int status(Refusal.Code code) {
    return switch (code) {
      case STALE_GENERATION, CONFLICTING_CONTENT -> 409;
      case MALFORMED -> 400;
      case DENIED -> 403;
      case NOT_FOUND -> 404;
      case INTERNAL -> 500;
    };
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
