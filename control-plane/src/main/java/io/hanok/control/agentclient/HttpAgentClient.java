package io.hanok.control.agentclient;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.Refusal;
import io.hanok.control.host.Authority;
import io.hanok.control.shared.Ambience.ContractMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Agents over HTTP with mutual TLS, always. */
@Component
public class HttpAgentClient implements AgentClient {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final HttpClient http;

  public HttpAgentClient(JdbcClient jdbc, ContractMapper mapper, Authority authority) {
    this.jdbc = jdbc;
    this.json = mapper.json();
    this.http =
        HttpClient.newBuilder()
            .sslContext(authority.clientContext())
            .connectTimeout(CONNECT)
            .version(HttpClient.Version.HTTP_1_1)
            .build();
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
    try {
      HttpResponse<byte[]> answer =
          http.send(
              request.uri(URI.create("https://" + address.get() + path)).timeout(ANSWER).build(),
              HttpResponse.BodyHandlers.ofByteArray());
      if (answer.statusCode() / 100 == 2) {
        return new Answer.Accepted(answer.body());
      }
      return new Answer.Refused(refusal(answer));
    } catch (IOException e) {
      return new Answer.Unreachable(who + " does not answer: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer.Unreachable("interrupted while asking " + who);
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
