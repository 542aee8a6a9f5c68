package io.hanok.agent.runtime;

import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.ContractJson;
import io.hanok.agent.api.Refusal;
import io.hanok.agent.api.RenewAnswer;
import io.hanok.agent.api.RenewRequest;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * An agent's calls to the control plane, over mutual TLS, with the certificate in force: after a
 * renewal it connects anew, so that no resumed session speaks for the old certificate.
 */
final class ControlPlaneDoor implements AutoCloseable {
  private static final Duration CONNECTING = Duration.ofSeconds(5);
  private static final Duration ANSWERING = Duration.ofSeconds(15);
  private static final JsonMapper JSON = ContractJson.mapper();

  private final URI base;
  private final AgentIdentity identity;
  private HttpClient client;
  private Credentials clientCredentials;

  ControlPlaneDoor(URI base, AgentIdentity identity) {
    this.base = base;
    this.identity = identity;
  }

  /**
   * Sends a report.
   *
   * @throws IOException if it did not arrive or was refused
   */
  void report(AgentReport report) throws IOException, InterruptedException {
    post(client(), base.resolve(AgentPaths.REPORTS), report);
  }

  /**
   * Asks for a new certificate.
   *
   * @throws IOException if the request did not arrive or was refused
   */
  RenewAnswer renew(RenewRequest request) throws IOException, InterruptedException {
    byte[] answer = post(client(), base.resolve(AgentPaths.RENEW), request);
    return parse(answer, RenewAnswer.class);
  }

  /** A client over the given context. */
  static HttpClient client(SSLContext context) {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .sslContext(context)
        .connectTimeout(CONNECTING)
        .build();
  }

  /**
   * Posts a record of the contract as JSON.
   *
   * @return the body of a successful answer
   * @throws RefusedException if the answer is a refusal
   * @throws IOException if there is no answer
   */
  static byte[] post(HttpClient client, URI target, Object body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(target)
            .timeout(ANSWERING)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(body)))
            .build();
    HttpResponse<byte[]> response = client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    if (response.statusCode() / 100 != 2) {
      throw new RefusedException(refusal(response));
    }
    return response.body();
  }

  /** Reads an answer's body. */
  static <T> T parse(byte[] body, Class<T> type) throws IOException {
    try {
      return JSON.readValue(body, type);
    } catch (JacksonException e) {
      throw new IOException("the control plane's answer is not understood: " + e.getMessage(), e);
    }
  }

  private static Refusal refusal(HttpResponse<byte[]> response) {
    try {
      Refusal refusal = JSON.readValue(response.body(), Refusal.class);
      if (refusal.code() != null) {
        return refusal;
      }
    } catch (JacksonException e) {
      // Not one of the contract's refusals, for example a proxy's error page: told below.
    }
    String text = new String(response.body(), StandardCharsets.UTF_8);
    String shown = text.length() > 200 ? text.substring(0, 200) + "…" : text;
    return new Refusal(
        Refusal.Code.INTERNAL, "status %d: %s".formatted(response.statusCode(), shown));
  }

  /** The control plane answered, and the answer is no. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1L;
    private final transient Refusal refusal;

    RefusedException(Refusal refusal) {
      super(refusal.code() + ": " + refusal.message());
      this.refusal = refusal;
    }

    Refusal refusal() {
      return refusal;
    }
  }

  private synchronized HttpClient client() {
    Credentials now = identity.current();
    if (!now.equals(clientCredentials)) {
      if (client != null) {
        client.shutdown();
      }
      client = client(identity.clientContext());
      clientCredentials = now;
    }
    return client;
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.shutdownNow();
    }
  }
}
