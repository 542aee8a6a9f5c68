package io.hanok.control.agentclient;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.CertificateNames;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.id.HostId;
import io.hanok.control.BareHost;
import io.hanok.control.ControlPlaneTest;
import io.hanok.control.host.Authority;
import io.hanok.control.shared.Ambience.ContractMapper;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringReader;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
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

/** Calls of an agent over real TLS, and of somebody else at its address. */
@ControlPlaneTest
class HttpAgentClientTest {
  @Autowired JdbcClient jdbc;
  @Autowired Authority authority;
  @Autowired ContractMapper mapper;

  private final BareHost host = new BareHost("host-00000000000000ac1", "home-1h", "default");
  private final BareHost other = new BareHost("host-00000000000000ac2", "home-1i", "default");
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);
  private ExecutorService threads;
  private HttpsServer server;
  private HttpAgentClient client;

  @BeforeEach
  void theStorageAgentOfOneHost() throws Exception {
    host.add(jdbc);
    other.add(jdbc);
    threads = Executors.newVirtualThreadPerTaskExecutor();
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(
        new HttpsConfigurator(
            identity(CertificateNames.agent(new HostId(host.id()), AgentName.STORAGE))));
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
    jdbc.sql("UPDATE agent SET address = :address WHERE host_id IN (:hosts)")
        .param("address", "127.0.0.1:" + server.getAddress().getPort())
        .param("hosts", List.of(host.id(), other.id()))
        .update();
    client =
        new HttpAgentClient(
            jdbc,
            mapper,
            authority,
            new HttpAgentClient.Limits(Duration.ofSeconds(30), Duration.ofSeconds(30), 1000));
  }

  @AfterEach
  void close() {
    end.countDown();
    client.close();
    server.stop(0);
    threads.shutdownNow();
    host.remove(jdbc);
    other.remove(jdbc);
  }

  @Test
  void anAgentIsSpokenToByItsName() {
    assertThat(client.put(host.id(), document())).isInstanceOf(AgentClient.Answer.Accepted.class);
    assertThat(heard).containsExactly("PUT /v1/documents/volume/vol-00000000000000001");
  }

  @Test
  void anotherOneAtItsAddressHearsNothing() {
    // The first call leaves a connection and a TLS session behind that must not be used again.
    client.put(host.id(), document());
    heard.clear();
    assertThat(client.put(other.id(), document()))
        .isInstanceOfSatisfying(
            AgentClient.Answer.Unreachable.class,
            u -> assertThat(u.why()).contains("does not name hanok:host/" + other.id()));
    assertThat(client.get(host.id(), AgentName.COMPUTE, AgentPaths.REPORT))
        .as("the storage agent is not the compute agent")
        .isInstanceOf(AgentClient.Answer.Unreachable.class);
    assertThat(heard).isEmpty();
  }

  @Test
  void anAnswerThatDoesNotEndIsGivenUp() {
    HttpAgentClient hasty =
        new HttpAgentClient(
            jdbc,
            mapper,
            authority,
            new HttpAgentClient.Limits(Duration.ofSeconds(30), Duration.ofSeconds(2), 1000));
    assertThat(hasty.get(host.id(), AgentName.STORAGE, "/endless"))
        .isInstanceOf(AgentClient.Answer.Unreachable.class);
    assertThat(end.getCount()).as("it goes on").isOne();
    hasty.close();
  }

  @Test
  void anAnswerThatIsTooLargeIsNotTaken() {
    assertThat(client.get(host.id(), AgentName.STORAGE, "/1000"))
        .isInstanceOf(AgentClient.Answer.Accepted.class);
    assertThat(client.get(host.id(), AgentName.STORAGE, "/1001"))
        .isInstanceOf(AgentClient.Answer.Unreachable.class);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      heard.add(exchange.getRequestMethod() + " " + path);
      exchange.getRequestBody().readAllBytes();
      exchange.sendResponseHeaders(200, 0);
      OutputStream body = exchange.getResponseBody();
      if (path.equals("/endless")) {
        body.write(1);
        body.flush();
        end.await();
      } else if (path.matches("/[0-9]+")) {
        body.write(new byte[Integer.parseInt(path.substring(1))]);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static DesiredDocument document() {
    return new DesiredDocument(DocumentKind.VOLUME, "vol-00000000000000001", 1, null);
  }

  private SSLContext identity(String name) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(256);
    KeyPair pair = generator.generateKeyPair();
    StringWriter request = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(request)) {
      writer.writeObject(
          new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=agent"), pair.getPublic())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "agent",
        pair.getPrivate(),
        new char[0],
        new Certificate[] {
          certificate(authority.certify(request.toString(), name, "127.0.0.1")),
          certificate(authority.pem())
        });
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLSv1.3");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static X509Certificate certificate(String pem) throws Exception {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      return new JcaX509CertificateConverter()
          .getCertificate((X509CertificateHolder) parser.readObject());
    }
  }
}
