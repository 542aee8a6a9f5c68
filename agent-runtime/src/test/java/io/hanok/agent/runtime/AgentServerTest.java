package io.hanok.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.CertificateNames;
import io.hanok.agent.api.ContractJson;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.HostFacts;
import io.hanok.agent.api.Observation;
import io.hanok.agent.api.Refusal;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** The agent's door over real TLS on the loopback; convergence stands still unless told to go. */
@Timeout(60)
class AgentServerTest {
  private static final JsonMapper JSON = ContractJson.mapper();

  @TempDir private Path state;
  private final TestAuthority authority = new TestAuthority();
  private final HandClock clock = new HandClock();
  private final HandExecutor workers = new HandExecutor();
  private final SimAgent agent = new SimAgent();
  private Ledger ledger;
  private AgentServer server;
  private HttpClient controlPlane;

  @BeforeEach
  void start() throws IOException {
    AgentIdentity.write(
        state, authority.issue(CertificateNames.agent(SimControlPlane.HOST, AgentName.STORAGE)));
    ledger = Ledger.open(state.resolve("ledger"), clock, Ledger.RETENTION);
    Convergence convergence =
        new Convergence(
            ledger,
            agent,
            Convergence.Pace.USUAL,
            workers,
            new HandTimers(clock),
            new SplittableRandom(5),
            () -> {});
    server =
        new AgentServer(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            AgentIdentity.load(state),
            ledger,
            convergence,
            agent,
            agent.resources(),
            () ->
                new AgentReport(
                    SimControlPlane.HOST,
                    AgentName.STORAGE,
                    Instant.EPOCH,
                    7,
                    "test",
                    HostFacts.NONE,
                    convergence.observations(),
                    List.of()));
    server.start();
    controlPlane = caller(authority.issue(CertificateNames.CONTROL_PLANE));
  }

  @AfterEach
  void stop() {
    server.close();
    controlPlane.close();
  }

  private HttpClient caller(Credentials credentials) {
    return ControlPlaneDoor.client(authority.context(credentials));
  }

  private URI uri(String path) {
    return URI.create("https://127.0.0.1:" + server.address().getPort()).resolve(path);
  }

  private HttpResponse<String> get(HttpClient client, String path) throws Exception {
    return client.send(
        HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> put(String path, byte[] body) throws Exception {
    return controlPlane.send(
        HttpRequest.newBuilder(uri(path)).PUT(HttpRequest.BodyPublishers.ofByteArray(body)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> put(DesiredDocument document) throws Exception {
    return put(
        AgentPaths.DOCUMENTS + document.kind().text() + "/" + document.key(),
        JSON.writeValueAsBytes(document));
  }

  private static void assertRefused(HttpResponse<String> response, int status, Refusal.Code code) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    Refusal refusal = JSON.readValue(response.body(), Refusal.class);
    assertThat(refusal.code()).isEqualTo(code);
    assertThat(refusal.message()).isNotBlank();
  }

  @Test
  void aDocumentIsAnsweredWhenItIsOnDiskBeforeTheHostIsTouched() throws Exception {
    HttpResponse<String> first = put(Documents.volume(1, 1, 100));

    assertThat(first.statusCode()).isEqualTo(200);
    assertThat(first.body()).isEqualTo("{}");
    assertThat(agent.volumes).isEmpty();
    assertThat(Ledger.open(state.resolve("ledger"), clock, Ledger.RETENTION).documents())
        .containsExactly(Documents.volume(1, 1, 100));

    workers.runAll();
    assertThat(agent.volumes).containsEntry(Documents.key(1), 100L);
    HttpResponse<String> second = put(Documents.volume(1, 1, 100));
    assertThat(JSON.readValue(second.body(), Observation.class).settled()).isTrue();
    assertThat(workers.queued()).as("a repetition is no news").isZero();
  }

  @Test
  void theReportIsAnswered() throws Exception {
    put(Documents.volume(1, 3, 100));
    workers.runAll();

    HttpResponse<String> response = get(controlPlane, AgentPaths.REPORT);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(JSON.readValue(response.body(), AgentReport.class).observations())
        .singleElement()
        .matches(o -> o.generation() == 3 && o.settled());
  }

  @Test
  void thePastAndAnotherContentAreConflicts() throws Exception {
    put(Documents.volume(1, 5, 100));

    assertRefused(put(Documents.volume(1, 4, 100)), 409, Refusal.Code.STALE_GENERATION);
    assertRefused(put(Documents.volume(1, 5, 101)), 409, Refusal.Code.CONFLICTING_CONTENT);
    assertThat(ledger.documents()).containsExactly(Documents.volume(1, 5, 100));
  }

  @Test
  void whoHasNoCertificateIsNotHeard() {
    try (HttpClient nobody = caller(null)) {
      assertThatThrownBy(() -> get(nobody, AgentPaths.REPORT)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whoComesFromAnotherAuthorityIsNotHeard() {
    Credentials foreign = new TestAuthority().issue(CertificateNames.CONTROL_PLANE);
    try (HttpClient stranger = caller(foreign)) {
      assertThatThrownBy(() -> get(stranger, AgentPaths.REPORT)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void anotherAgentIsDenied() throws Exception {
    try (HttpClient neighbour =
        caller(authority.issue(CertificateNames.agent(SimControlPlane.HOST, AgentName.COMPUTE)))) {
      assertRefused(get(neighbour, AgentPaths.REPORT), 403, Refusal.Code.DENIED);
    }
  }

  @Test
  void oldTlsIsNotSpoken() {
    SSLContext context = authority.context(authority.issue(CertificateNames.CONTROL_PLANE));
    SSLParameters old = new SSLParameters();
    old.setProtocols(new String[] {"TLSv1.2"});
    try (HttpClient client =
        HttpClient.newBuilder().sslContext(context).sslParameters(old).build()) {
      assertThatThrownBy(() -> get(client, AgentPaths.REPORT)).isInstanceOf(IOException.class);
    }
  }

  @Test
  void whatIsNotUnderstoodIsMalformed() throws Exception {
    byte[] document = JSON.writeValueAsBytes(Documents.volume(1, 1, 100));
    String path = AgentPaths.DOCUMENTS + "volume/" + Documents.key(1);

    assertRefused(
        put(path, "{\"kind\":".getBytes(StandardCharsets.UTF_8)), 400, Refusal.Code.MALFORMED);
    assertRefused(put(path, "null".getBytes(StandardCharsets.UTF_8)), 400, Refusal.Code.MALFORMED);
    assertRefused(put(path, new byte[0]), 400, Refusal.Code.MALFORMED);
    assertRefused(put(path, "{}".getBytes(StandardCharsets.UTF_8)), 400, Refusal.Code.MALFORMED);
    assertRefused(
        put(AgentPaths.DOCUMENTS + "volume/" + Documents.key(2), document),
        400,
        Refusal.Code.MALFORMED);
    assertRefused(
        put(AgentPaths.DOCUMENTS + "volume/..%2F..%2Fetc", document), 400, Refusal.Code.MALFORMED);
    assertRefused(put(AgentPaths.DOCUMENTS + "cloud/x", document), 400, Refusal.Code.MALFORMED);
    assertRefused(put(AgentPaths.DOCUMENTS + "vm/x", document), 404, Refusal.Code.NOT_FOUND);
    assertRefused(put("/v2/documents/volume/x", document), 404, Refusal.Code.NOT_FOUND);
    assertThat(ledger.documents()).isEmpty();
  }

  @Test
  void aBodyBeyondTheLimitIsRefused() throws Exception {
    byte[] large = new byte[32 * 1024 * 1024 + 1];
    java.util.Arrays.fill(large, (byte) ' ');
    assertRefused(
        put(AgentPaths.DOCUMENTS + "volume/" + Documents.key(1), large),
        400,
        Refusal.Code.MALFORMED);
  }

  @Test
  void aDiskThatFailsIsAnInternalError() throws Exception {
    Files.createDirectories(state.resolve("ledger"));
    Files.writeString(state.resolve("ledger/volume"), "a file where the directory should be");

    assertRefused(put(Documents.volume(1, 1, 100)), 500, Refusal.Code.INTERNAL);
    assertThat(workers.queued()).isZero();
  }

  @Test
  void furtherResourcesOfTheAgentAreServed() throws Exception {
    agent.volumes.put(Documents.key(1), 17L);

    HttpResponse<String> found = get(controlPlane, "/v1/sizes/" + Documents.key(1));
    assertThat(found.body()).isEqualTo("17");
    assertThat(found.headers().firstValue("Content-Type")).contains("text/plain");
    assertRefused(get(controlPlane, "/v1/sizes/" + Documents.key(2)), 404, Refusal.Code.NOT_FOUND);
    assertRefused(get(controlPlane, "/v1/sizes/../x"), 400, Refusal.Code.MALFORMED);
    assertRefused(get(controlPlane, "/v1/sizes/a%2Fb"), 400, Refusal.Code.MALFORMED);
  }
}
