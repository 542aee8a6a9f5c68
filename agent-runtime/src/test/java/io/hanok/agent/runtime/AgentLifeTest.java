package io.hanok.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.CertificateNames;
import io.hanok.agent.api.ContractJson;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.JoinToken;
import io.hanok.agent.api.Observation;
import io.hanok.agent.api.tls.PeerTrust;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** A host joins a control plane, works for it, renews its certificate, and restarts. */
@Timeout(60)
class AgentLifeTest {
  private static final JsonMapper JSON = ContractJson.mapper();

  @TempDir private Path directory;
  private final SimAgent agent = new SimAgent();
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private Clock clock = Clock.systemUTC();
  private SimControlPlane controlPlane;
  private HttpClient client;

  @BeforeEach
  void open() throws IOException {
    controlPlane = new SimControlPlane();
    client =
        ControlPlaneDoor.client(
            controlPlane.authority.context(
                controlPlane.authority.issue(CertificateNames.CONTROL_PLANE)));
  }

  @AfterEach
  void close() {
    client.close();
    controlPlane.close();
  }

  private void join(JoinToken token) throws Exception {
    Join.Order order =
        Join.Order.parse(
            "--token",
            token.text(),
            "--name",
            "barn, CN=evil",
            "--zone",
            "home-1a",
            "--state",
            directory.toString(),
            "--address",
            "compute=127.0.0.1:1",
            "--address",
            "storage=127.0.0.1:2",
            "--address",
            "network=127.0.0.1:3");
    new Join(
            order.state(),
            new SecureRandom(),
            new PrintStream(printed, true, StandardCharsets.UTF_8))
        .join(order);
  }

  private RunningAgent startAgent() throws IOException {
    Properties settings = new Properties();
    settings.setProperty("state", directory.resolve("storage").toString());
    settings.setProperty("host-id-file", directory.resolve(Join.HOST_ID).toString());
    settings.setProperty("listen", "127.0.0.1:0");
    settings.setProperty("control-plane", controlPlane.url());
    settings.setProperty("heartbeat-seconds", "0.2");
    return RunningAgent.start(agent, new AgentSettings(settings), clock);
  }

  private void put(RunningAgent running, DesiredDocument document) throws Exception {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(
                    URI.create(
                        "https://127.0.0.1:%d%s%s/%s"
                            .formatted(
                                running.address().getPort(),
                                AgentPaths.DOCUMENTS,
                                document.kind().text(),
                                document.key())))
                .PUT(HttpRequest.BodyPublishers.ofByteArray(JSON.writeValueAsBytes(document)))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
  }

  private AgentReport awaitReport(Predicate<AgentReport> wanted) throws InterruptedException {
    AgentReport report = controlPlane.reports.take();
    while (!wanted.test(report)) {
      report = controlPlane.reports.take();
    }
    return report;
  }

  @Test
  void aHostJoinsOnceAndForAll() throws Exception {
    JoinToken token = controlPlane.token("s3cret");

    join(token);

    assertThat(Files.readString(directory.resolve("host-id")).strip())
        .isEqualTo(SimControlPlane.HOST.value());
    assertThat(controlPlane.joined.zone()).isEqualTo("home-1a");
    assertThat(controlPlane.joined.addresses()).containsEntry(AgentName.STORAGE, "127.0.0.1:2");
    for (AgentName name : AgentName.values()) {
      Path state = directory.resolve(name.text());
      X509Certificate certificate = AgentIdentity.load(state).current().certificate();
      assertThat(PeerTrust.bears(certificate, CertificateNames.agent(SimControlPlane.HOST, name)))
          .isTrue();
      assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=barn\\, CN\\=evil");
      assertThat(
              PosixFilePermissions.toString(
                  Files.getPosixFilePermissions(AgentIdentity.file(state))))
          .isEqualTo("rw-------");
    }
    join(token);
    assertThat(printed.toString(StandardCharsets.UTF_8)).contains("already a member");
  }

  @Test
  void anInterruptedJoinIsRepeatedWithANewTokenOnly() throws Exception {
    JoinToken token = controlPlane.token("first");
    Files.createDirectories(directory.resolve("network"));
    Files.writeString(directory.resolve("network/identity"), "in the way");
    assertThatThrownBy(() -> join(token))
        .isInstanceOf(Join.JoinFailed.class)
        .hasMessageContaining("new token");
    assertThat(directory.resolve("host-id")).doesNotExist();

    Files.delete(directory.resolve("network/identity"));
    assertThatThrownBy(() -> join(token))
        .isInstanceOf(Join.JoinFailed.class)
        .hasMessageContaining("the token is unknown or was used")
        .hasMessageContaining("ask for a new token");

    join(controlPlane.token("second"));
    assertThat(directory.resolve("host-id")).exists();
  }

  @Test
  void aControlPlaneWithAnotherAuthorityGetsNoToken() {
    JoinToken token = new JoinToken(controlPlane.url(), new TestAuthority().sha256(), "s3cret");
    controlPlane.tokens.add("s3cret");

    assertThatThrownBy(() -> join(token)).isInstanceOf(Join.JoinFailed.class);
    assertThat(controlPlane.tokens).as("the secret never left").contains("s3cret");
    assertThat(controlPlane.joined).isNull();
  }

  @Test
  void aServerThatIsNotTheControlPlaneGetsNoToken() throws Exception {
    try (SimControlPlane impostor =
        new SimControlPlane(CertificateNames.agent(SimControlPlane.HOST, AgentName.COMPUTE))) {
      JoinToken token = impostor.token("s3cret");
      assertThatThrownBy(() -> join(token)).isInstanceOf(Join.JoinFailed.class);
      assertThat(impostor.joined).isNull();
    }
  }

  @Test
  void aDocumentIsConvergedAndReportedAndSurvivesARestart() throws Exception {
    join(controlPlane.token("s3cret"));
    try (RunningAgent running = startAgent()) {
      put(running, Documents.volume(1, 1, 100));
      AgentReport report =
          awaitReport(r -> r.observations().stream().anyMatch(Observation::settled));
      assertThat(report.hostId()).isEqualTo(SimControlPlane.HOST);
      assertThat(report.agent()).isEqualTo(AgentName.STORAGE);
      AgentReport heartbeat = awaitReport(r -> !r.inventory().isEmpty());
      assertThat(heartbeat.inventory()).allMatch(o -> o.documented());
      assertThat(heartbeat.facts().cpus()).isEqualTo(4);
      assertThat(heartbeat.sequence()).isGreaterThan(report.sequence());
    }
    assertThat(agent.stopped).isTrue();
    agent.volumes.put(Documents.key(9), 1L);
    agent.volumes.remove(Documents.key(1));
    controlPlane.reports.clear();

    try (RunningAgent running = startAgent()) {
      AgentReport first = controlPlane.reports.take();
      assertThat(first.sequence()).isEqualTo(1);
      assertThat(first.observations())
          .as("the first report waits for the first look")
          .singleElement()
          .matches(Observation::settled);
      assertThat(agent.volumes).containsKey(Documents.key(1));
      assertThat(awaitReport(r -> r.inventory().size() == 2).inventory())
          .filteredOn(o -> !o.documented())
          .extracting(o -> o.resourceId())
          .containsExactly(Documents.key(9));
      put(running, Documents.absent(1, 2));
      awaitReport(r -> r.observations().getFirst().generation() == 2);
      assertThat(agent.volumes).doesNotContainKey(Documents.key(1));
    }
  }

  @Test
  void reportsAreLaterThanThoseOfEarlierRunsThoughTheClockWasSetBack() throws Exception {
    join(controlPlane.token("s3cret"));
    AgentReport before;
    try (RunningAgent running = startAgent()) {
      before = awaitReport(r -> true);
    }
    controlPlane.reports.clear();
    clock = Clock.offset(clock, Duration.ofHours(-2));
    try (RunningAgent running = startAgent()) {
      AgentReport after = awaitReport(r -> r.sequence() == 1);
      assertThat(after.startedAt()).isAfter(before.startedAt());
    }
  }

  @Test
  void aWakeUpFromTheHostRepairsDriftAtOnce() throws Exception {
    join(controlPlane.token("s3cret"));
    try (RunningAgent running = startAgent()) {
      put(running, Documents.volume(1, 1, 100));
      awaitReport(r -> r.observations().stream().anyMatch(Observation::settled));
      agent.volumes.clear();

      agent.wakeups.wake(Documents.documentKey(1).kind(), Documents.key(1));

      while (agent.volumes.isEmpty()) {
        Thread.sleep(2);
      }
    }
  }

  @Test
  void newsThatCouldNotBeDeliveredArrivesLater() throws Exception {
    join(controlPlane.token("s3cret"));
    controlPlane.reportsToFail.set(2);
    try (RunningAgent running = startAgent()) {
      put(running, Documents.volume(1, 1, 100));
      AgentReport report =
          awaitReport(r -> r.observations().stream().anyMatch(Observation::settled));
      assertThat(report.sequence()).isGreaterThan(2);
      assertThat(controlPlane.reportsToFail).hasValue(0);
    }
  }

  @Test
  void aCertificateIsRenewedAtTwoThirdsOfItsLifeWithoutARestart() throws Exception {
    controlPlane.age = Duration.ofDays(21);
    join(controlPlane.token("s3cret"));
    Path state = directory.resolve("storage");
    Credentials old = AgentIdentity.load(state).current();
    try (RunningAgent running = startAgent()) {
      while (AgentIdentity.load(state).current().certificate().equals(old.certificate())) {
        Thread.sleep(5);
      }
      Credentials renewed = AgentIdentity.load(state).current();
      assertThat(renewed.key()).isNotEqualTo(old.key());
      assertThat(renewed.certificate().getNotAfter()).isAfter(old.certificate().getNotAfter());

      controlPlane.reports.clear();
      awaitReport(r -> true);
      assertThat(presented(running).getSerialNumber())
          .isEqualTo(renewed.certificate().getSerialNumber());
      assertThat(controlPlane.renewals).hasValue(1);
      assertThat(controlPlane.refused).isEmpty();
    }
  }

  /** The certificate that the agent's server shows to a new caller. */
  private X509Certificate presented(RunningAgent running) throws Exception {
    try (HttpClient fresh =
        ControlPlaneDoor.client(
            controlPlane.authority.context(
                controlPlane.authority.issue(CertificateNames.CONTROL_PLANE)))) {
      HttpResponse<String> response =
          fresh.send(
              HttpRequest.newBuilder(
                      URI.create(
                          "https://127.0.0.1:" + running.address().getPort() + AgentPaths.REPORT))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      return (X509Certificate) response.sslSession().orElseThrow().getPeerCertificates()[0];
    }
  }

  @Test
  void aRenewalThatIsNotForUsIsNotTaken() throws Exception {
    controlPlane.age = Duration.ofDays(21);
    join(controlPlane.token("s3cret"));
    Path state = directory.resolve("storage");
    AgentIdentity identity = AgentIdentity.load(state);
    Credentials before = identity.current();
    Credentials foreign = controlPlane.authority.issue(CertificateNames.CONTROL_PLANE);
    HandClock clock = new HandClock();
    clock.advance(Duration.between(clock.instant(), Clock.systemUTC().instant()));
    Renewal renewal =
        new Renewal(
            identity,
            request ->
                new io.hanok.agent.api.RenewAnswer(
                    Pem.of(foreign.certificate()), Pem.of(controlPlane.authority.certificate())),
            clock,
            new SecureRandom(),
            new HandTimers(clock));

    assertThat(renewal.renewIfDue()).isFalse();

    assertThat(identity.current()).isEqualTo(before);
    assertThat(AgentIdentity.load(state).current().certificate()).isEqualTo(before.certificate());
  }

  @Test
  void anAgentWhoseHostHasNotJoinedSaysSo() {
    assertThatThrownBy(this::startAgent)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("has not joined");
  }

  @Test
  void aCommandLineThatLacksSomethingIsRefused() {
    String token = new JoinToken("https://x", "00", "s").text();
    for (List<String> arguments :
        List.of(
            List.<String>of(),
            List.of("--token"),
            List.of("--token", "nonsense"),
            List.of("--what", "x"),
            List.of("--token", token, "--name", "n", "--zone", "z", "--state", "/x"),
            List.of("--address", "moon=1.2.3.4:5"))) {
      assertThatThrownBy(() -> Join.Order.parse(arguments.toArray(String[]::new)))
          .as(arguments.toString())
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
