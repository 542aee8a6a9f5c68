package io.hanok.control.agentclient;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.CertificateNames;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.Refusal;
import io.hanok.agent.api.id.HostId;
import io.hanok.control.host.Authority;
import io.hanok.control.shared.Ambience.ContractMapper;
import jakarta.annotation.PreDestroy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Agents over HTTP with mutual TLS, always; each by its name, not by its address alone.
 *
 * <p>Every agent has a client of its own, whose handshake fails unless the peer's certificate bears
 * the agent's name: nothing is said to another one that has come to its address.
 */
@Component
public class HttpAgentClient implements AgentClient {
  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final Authority authority;
  private final Limits limits;
  private final Map<String, HttpClient> clients = new ConcurrentHashMap<>();

  /**
   * How long a call may take and how much it may bring.
   *
   * @param connect until there is a connection
   * @param whole until the last byte of the answer
   * @param answerBytes size of the answer's body
   */
  record Limits(Duration connect, Duration whole, long answerBytes) {
    static final Limits USUAL = new Limits(Duration.ofSeconds(3), Duration.ofSeconds(10), 16 << 20);
  }

  @Autowired
  public HttpAgentClient(JdbcClient jdbc, ContractMapper mapper, Authority authority) {
    this(jdbc, mapper, authority, Limits.USUAL);
  }

  HttpAgentClient(JdbcClient jdbc, ContractMapper mapper, Authority authority, Limits limits) {
    this.jdbc = jdbc;
    this.json = mapper.json();
    this.authority = authority;
    this.limits = limits;
  }

  @PreDestroy
  void close() {
    clients.values().forEach(HttpClient::shutdownNow);
  }

  private HttpClient client(String name) {
    return clients.computeIfAbsent(
        name,
        n ->
            HttpClient.newBuilder()
                .sslContext(authority.clientContext(n))
                .connectTimeout(limits.connect())
                .version(HttpClient.Version.HTTP_1_1)
                .build());
  }

  @Override
  public Answer put(String hostId, DesiredDocument document) {
    AgentName agent = document.kind().agent();
    String path = AgentPaths.DOCUMENTS + document.kind().text() + "/" + document.key();
    return send(
        hostId,
        agent,
        path,
        HttpRequest.newBuilder()
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(document))));
  }

  @Override
  public Answer get(String hostId, AgentName agent, String path) {
    return send(hostId, agent, path, HttpRequest.newBuilder().GET());
  }

  private Answer send(String hostId, AgentName agent, String path, HttpRequest.Builder request) {
    Optional<String> address = address(hostId, agent);
    if (address.isEmpty()) {
      return new Answer.Unreachable("host " + hostId + " has no " + agent.text() + " agent");
    }
    String who = "the " + agent.text() + " agent of " + hostId + " at " + address.get();
    CompletableFuture<HttpResponse<byte[]>> exchange =
        client(CertificateNames.agent(new HostId(hostId), agent))
            .sendAsync(
                request.uri(URI.create("https://" + address.get() + path)).build(),
                HttpResponse.BodyHandlers.limiting(
                    HttpResponse.BodyHandlers.ofByteArray(), limits.answerBytes()));
    try {
      HttpResponse<byte[]> answer = exchange.get(limits.whole().toMillis(), TimeUnit.MILLISECONDS);
      return answer.statusCode() / 100 == 2
          ? new Answer.Accepted(answer.body())
          : new Answer.Refused(refusal(answer));
    } catch (ExecutionException e) {
      return new Answer.Unreachable(who + " does not answer: " + e.getCause().getMessage());
    } catch (TimeoutException e) {
      return new Answer.Unreachable(
          who + " has not answered within " + limits.whole().toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Unreachable("interrupted while asking " + who);
    } finally {
      exchange.cancel(true);
    }
  }

  private Refusal refusal(HttpResponse<byte[]> answer) {
    try {
      return json.readValue(answer.body(), Refusal.class);
    } catch (JacksonException e) {
      return new Refusal(Refusal.Code.INTERNAL, "HTTP status " + answer.statusCode());
    }
  }

  private Optional<String> address(String hostId, AgentName agent) {
    return jdbc.sql("SELECT address FROM agent WHERE host_id = :host AND name = :agent")
        .param("host", hostId)
        .param("agent", agent.text())
        .query(String.class)
        .optional();
  }
}
