package io.hanok.control.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.ContractJson;
import io.hanok.agent.api.HostFacts;
import io.hanok.agent.api.JoinAnswer;
import io.hanok.agent.api.JoinRequest;
import io.hanok.agent.api.JoinToken;
import io.hanok.agent.api.Refusal;
import io.hanok.agent.api.RenewAnswer;
import io.hanok.agent.api.RenewRequest;
import io.hanok.agent.api.id.HostId;
import io.hanok.control.ControlPlaneTest;
import io.hanok.control.identity.Accounts;
import io.hanok.control.shared.HanokProperties;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

/** A host joins, reports and renews over the real port, with real certificates. */
@ControlPlaneTest
class AgentsDoorTest {
  @Autowired HostMembership membership;
  @Autowired Authority authority;
  @Autowired HanokProperties properties;
  @Autowired Accounts accounts;
  @Autowired JdbcClient jdbc;

  private final JsonMapper json = ContractJson.mapper();
  private int firstPort = 2001;
  private final Map<AgentName, KeyPair> keys = new EnumMap<>(AgentName.class);

  @BeforeEach
  void keys() throws Exception {
    for (AgentName agent : AgentName.values()) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(256);
      keys.put(agent, generator.generateKeyPair());
    }
  }

  @AfterEach
  void noHosts() {
    for (String table : List.of("volume", "pool", "observation", "agent", "join_token", "host")) {
      String where =
          table.equals("host")
              ? "name LIKE 'door-%'"
              : "host_id IN (SELECT id FROM host WHERE name LIKE 'door-%')";
      jdbc.sql("DELETE FROM " + table + " WHERE " + where).update();
    }
  }

  @Test
  void aTokenMakesOneHostAMember() throws Exception {
    JoinToken token = membership.invite();
    assertThat(token.authoritySha256()).isEqualTo(authority.sha256());
    JoinAnswer joined = read(join(token.secret(), "door-1"), JoinAnswer.class);
    assertThat(joined.certificates()).containsOnlyKeys(AgentName.values());

    HttpResponse<byte[]> again = join(token.secret(), "door-2");
    assertThat(again.statusCode()).isEqualTo(403);
    assertThat(read(again, Refusal.class).message()).contains("new one");
    assertThat(hosts()).containsExactly("door-1");
  }

  @Test
  void anExpiredOrInventedTokenMakesNobodyAMember() throws Exception {
    JoinToken token = membership.invite();
    jdbc.sql("UPDATE join_token SET expires_at = now() - interval '1 second'").update();
    assertThat(join(token.secret(), "door-1").statusCode()).isEqualTo(403);
    assertThat(join("invented", "door-1").statusCode()).isEqualTo(403);
    assertThat(hosts()).isEmpty();
  }

  @Test
  void anUnknownZoneIsRefusedAndTheTokenStaysGood() throws Exception {
    JoinToken token = membership.invite();
    HttpResponse<byte[]> refused = join(token.secret(), "door-1", "elsewhere-9z");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(join(token.secret(), "door-1").statusCode()).isEqualTo(200);
  }

  @Test
  void anAddressBelongsToOneHost() throws Exception {
    assertThat(join(membership.invite().secret(), "door-1").statusCode()).isEqualTo(200);
    JoinToken token = membership.invite();
    HttpResponse<byte[]> refused = join(token.secret(), "door-2");
    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(read(refused, Refusal.class))
        .isEqualTo(
            new Refusal(
                Refusal.Code.MALFORMED,
                "127.0.0.1:2001 is the address of the compute agent of the host 'door-1' already:"
                    + " join with another one"));
    firstPort = 2004;
    assertThat(join(token.secret(), "door-2").statusCode()).isEqualTo(200);
  }

  @Test
  void withoutAGoodTokenNothingElseIsSaid() throws Exception {
    join(membership.invite().secret(), "door-1");
    String answer = new String(join("invented", "door-3").body(), StandardCharsets.UTF_8);
    assertThat(new String(join("invented", "door-1").body(), StandardCharsets.UTF_8))
        .as("a name that is taken")
        .isEqualTo(answer);
    assertThat(new String(join("invented", "door-3", "nowhere").body(), StandardCharsets.UTF_8))
        .as("a zone that is none")
        .isEqualTo(answer);
  }

  @Test
  void whatIsTooLargeIsNotTakenAndAStrangersReportIsNotEvenRead() throws Exception {
    HttpResponse<byte[]> join = join("x".repeat(64 << 10), "door-1");
    assertThat(join.statusCode()).isEqualTo(413);
    assertThat(read(join, Refusal.class).code()).isEqualTo(Refusal.Code.MALFORMED);
    assertThat(chunked(client(null, null), AgentPaths.JOIN, 64 << 10).statusCode()).isEqualTo(413);

    JoinAnswer joined = read(join(membership.invite().secret(), "door-1"), JoinAnswer.class);
    HttpClient compute = client(joined, AgentName.COMPUTE);
    assertThat(chunked(compute, AgentPaths.RENEW, 64 << 10).statusCode()).isEqualTo(413);
    assertThat(chunked(compute, AgentPaths.REPORTS, 1 << 20).statusCode())
        .as("taken, and not understood")
        .isEqualTo(400);
    // Were it read, it would be malformed.
    assertThat(chunked(client(null, null), AgentPaths.REPORTS, 1).statusCode()).isEqualTo(403);
  }

  @Test
  void aPoolThatIsGoneTakesNothingMore() throws Exception {
    JoinAnswer joined = read(join(membership.invite().secret(), "door-1"), JoinAnswer.class);
    HttpClient storage = client(joined, AgentName.STORAGE);
    reportPools(joined, storage, 1, "fast", "old", "used");
    assertThat(pools(joined)).containsExactly("fast 7", "old 7", "used 7");
    String host = joined.hostId().value();
    String account = accounts.all().getFirst().id();
    jdbc.sql(
            """
            INSERT INTO volume (id, account_id, zone, host_id, pool, size_gib)
            VALUES ('vol-00000000000000d00', :account, 'home-1a', :host, 'used', 1)
            """)
        .param("account", account)
        .param("host", host)
        .update();
    reportPools(joined, storage, 2, "fast");
    assertThat(pools(joined)).containsExactly("fast 7", "used 0");
    jdbc.sql("UPDATE volume SET deleted_at = now(), destroyed_at = now() WHERE host_id = :host")
        .param("host", host)
        .update();
    reportPools(joined, storage, 3, "fast");
    assertThat(pools(joined)).containsExactly("fast 7");
    reportPools(joined, storage, 4);
    assertThat(pools(joined)).isEmpty();
  }

  private void reportPools(JoinAnswer joined, HttpClient storage, long sequence, String... names)
      throws Exception {
    AgentReport report =
        new AgentReport(
            joined.hostId(),
            AgentName.STORAGE,
            Instant.parse("2026-01-01T00:00:00Z"),
            sequence,
            "test",
            new HostFacts(
                null,
                null,
                null,
                null,
                Arrays.stream(names).map(n -> new HostFacts.Pool(n, "reflink", 9, 7)).toList()),
            List.of(),
            List.of());
    assertThat(send(storage, AgentPaths.REPORTS, report).statusCode()).isEqualTo(200);
  }

  private List<String> pools(JoinAnswer joined) {
    return jdbc.sql(
            "SELECT name || ' ' || free_bytes FROM pool WHERE host_id = :host ORDER BY name")
        .param("host", joined.hostId().value())
        .query(String.class)
        .list();
  }

  /** Sends more than a number of bytes without saying how many. */
  private HttpResponse<byte[]> chunked(HttpClient client, String path, int bytes) throws Exception {
    byte[] body = new byte[bytes + 1];
    Arrays.fill(body, (byte) 'x');
    return client.send(
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + properties.agentsPort() + path))
            .POST(HttpRequest.BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body)))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  @Test
  void anAgentReportsForItselfOnly() throws Exception {
    JoinAnswer joined = read(join(membership.invite().secret(), "door-1"), JoinAnswer.class);
    HttpClient compute = client(joined, AgentName.COMPUTE);

    assertThat(
            send(compute, AgentPaths.REPORTS, report(joined.hostId(), AgentName.COMPUTE, 1))
                .statusCode())
        .isEqualTo(200);
    assertThat(
            jdbc.sql("SELECT cpus FROM host WHERE name = 'door-1'").query(Integer.class).single())
        .isEqualTo(7);
    assertThat(
            send(compute, AgentPaths.REPORTS, report(joined.hostId(), AgentName.STORAGE, 1))
                .statusCode())
        .isEqualTo(403);
    assertThat(
            send(
                    compute,
                    AgentPaths.REPORTS,
                    report(new HostId("host-00000000000000000"), AgentName.COMPUTE, 2))
                .statusCode())
        .isEqualTo(403);
  }

  @Test
  void aLateReportDoesNotOverwriteANewerOne() throws Exception {
    JoinAnswer joined = read(join(membership.invite().secret(), "door-1"), JoinAnswer.class);
    HttpClient compute = client(joined, AgentName.COMPUTE);
    send(compute, AgentPaths.REPORTS, report(joined.hostId(), AgentName.COMPUTE, 9));
    send(compute, AgentPaths.REPORTS, report(joined.hostId(), AgentName.COMPUTE, 3));
    assertThat(
            jdbc.sql("SELECT sequence FROM agent WHERE host_id = :h AND name = 'compute'")
                .param("h", joined.hostId().value())
                .query(Long.class)
                .single())
        .isEqualTo(9);
  }

  @Test
  void withoutACertificateOnlyJoiningIsPossible() throws Exception {
    HttpResponse<byte[]> answer =
        send(
            client(null, null),
            AgentPaths.REPORTS,
            report(new HostId("host-00000000000000000"), AgentName.COMPUTE, 1));
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(read(answer, Refusal.class).code()).isEqualTo(Refusal.Code.DENIED);
  }

  @Test
  void theUsersPathsAreNotOnTheAgentsPort() throws Exception {
    assertThat(send(client(null, null), "/v1/join-tokens", Map.of()).statusCode()).isEqualTo(403);
    assertThat(send(client(null, null), "/", Map.of()).statusCode()).isEqualTo(403);
  }

  @Test
  void aCertificateIsRenewedForTheSameName() throws Exception {
    JoinAnswer joined = read(join(membership.invite().secret(), "door-1"), JoinAnswer.class);
    HttpResponse<byte[]> answer =
        send(
            client(joined, AgentName.NETWORK),
            AgentPaths.RENEW,
            new RenewRequest(request(keys.get(AgentName.NETWORK))));
    X509Certificate renewed = certificate(read(answer, RenewAnswer.class).certificate());
    X509Certificate before = certificate(joined.certificates().get(AgentName.NETWORK));
    assertThat(renewed.getSubjectAlternativeNames())
        .containsExactlyInAnyOrderElementsOf(before.getSubjectAlternativeNames());
    assertThat(renewed.getSerialNumber()).isNotEqualTo(before.getSerialNumber());
  }

  private AgentReport report(HostId host, AgentName agent, long sequence) {
    return new AgentReport(
        host,
        agent,
        Instant.parse("2026-01-01T00:00:00Z"),
        sequence,
        "test",
        new HostFacts(7, 7000, "qemu", "test", null),
        List.of(),
        List.of());
  }

  private HttpResponse<byte[]> join(String secret, String name) throws Exception {
    return join(secret, name, "home-1a");
  }

  private HttpResponse<byte[]> join(String secret, String name, String zone) throws Exception {
    Map<AgentName, String> addresses = new EnumMap<>(AgentName.class);
    Map<AgentName, String> requests = new EnumMap<>(AgentName.class);
    for (AgentName agent : AgentName.values()) {
      addresses.put(agent, "127.0.0.1:" + (firstPort + agent.ordinal()));
      requests.put(agent, request(keys.get(agent)));
    }
    return send(
        client(null, null),
        AgentPaths.JOIN,
        new JoinRequest(secret, name, zone, addresses, requests));
  }

  private static String request(KeyPair pair) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(
          new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=agent"), pair.getPublic())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    }
    return text.toString();
  }

  private HttpResponse<byte[]> send(HttpClient client, String path, Object body) throws Exception {
    return client.send(
        HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + properties.agentsPort() + path))
            .POST(HttpRequest.BodyPublishers.ofByteArray(json.writeValueAsBytes(body)))
            .build(),
        HttpResponse.BodyHandlers.ofByteArray());
  }

  private <T> T read(HttpResponse<byte[]> answer, Class<T> type) {
    return json.readValue(answer.body(), type);
  }

  private HttpClient client(JoinAnswer joined, AgentName agent) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    if (joined != null) {
      store.setKeyEntry(
          "agent",
          keys.get(agent).getPrivate(),
          new char[0],
          new Certificate[] {
            certificate(joined.certificates().get(agent)), certificate(joined.authority())
          });
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    own.init(store, new char[0]);
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(authority.trustedKeyStore());
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(own.getKeyManagers(), trust.getTrustManagers(), null);
    return HttpClient.newBuilder().sslContext(context).version(HttpClient.Version.HTTP_1_1).build();
  }

  private static X509Certificate certificate(String pem) throws Exception {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      return new JcaX509CertificateConverter()
          .getCertificate((X509CertificateHolder) parser.readObject());
    }
  }

  private List<String> hosts() {
    return jdbc.sql("SELECT name FROM host WHERE name LIKE 'door-%' ORDER BY name")
        .query(String.class)
        .list();
  }
}
