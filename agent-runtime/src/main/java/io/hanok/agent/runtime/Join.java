package io.hanok.agent.runtime;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.CertificateNames;
import io.hanok.agent.api.JoinAnswer;
import io.hanok.agent.api.JoinRequest;
import io.hanok.agent.api.JoinToken;
import io.hanok.agent.api.id.HostId;
import io.hanok.agent.api.tls.PeerTrust;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;

/**
 * Makes a host a member of a control plane: {@code --token T --name NAME --zone home-1a --state DIR
 * --address compute=host:port --address storage=host:port --address network=host:port}.
 *
 * <p>Each agent gets a key of its own, made here and never sent anywhere; the control plane, known
 * by the authority whose digest the token pins, answers with the certificates. They are written to
 * {@code DIR/{compute,storage,network}/identity}, and last of all the host's id to {@code
 * DIR/host-id}: a directory with a host id is a member, and joining again changes nothing. An
 * attempt that was cut off before that is repeated with a new token. Exit status 0 for a member, 2
 * for wrong arguments, 1 if joining failed.
 */
public final class Join {
  /** File in the state directory that holds a member's host id. */
  public static final String HOST_ID = "host-id";

  private static final String USAGE =
      "usage: --token T --name NAME --zone ZONE --state DIR --address compute=HOST:PORT"
          + " --address storage=HOST:PORT --address network=HOST:PORT";

  private final Path state;
  private final SecureRandom random;
  private final PrintStream out;

  /** Joining failed, with a sentence that says what to do. */
  static final class JoinFailed extends Exception {
    private static final long serialVersionUID = 1L;

    JoinFailed(String message, Throwable cause) {
      super(message, cause);
    }
  }

  /** What the command line asks for. */
  record Order(
      JoinToken token, String name, String zone, Path state, Map<AgentName, String> addresses) {
    /**
     * Reads a command line.
     *
     * @throws IllegalArgumentException if it is not understood
     */
    static Order parse(String... arguments) {
      if (arguments.length % 2 != 0) {
        throw new IllegalArgumentException(USAGE);
      }
      JoinToken token = null;
      String name = null;
      String zone = null;
      Path state = null;
      Map<AgentName, String> addresses = new EnumMap<>(AgentName.class);
      for (int i = 0; i < arguments.length; i += 2) {
        String value = arguments[i + 1];
        switch (arguments[i]) {
          case "--token" -> token = JoinToken.parse(value);
          case "--name" -> name = value;
          case "--zone" -> zone = value;
          case "--state" -> state = Path.of(value);
          case "--address" -> addAddress(addresses, value);
          default ->
              throw new IllegalArgumentException("unknown argument " + arguments[i] + "; " + USAGE);
        }
      }
      if (token == null || name == null || zone == null || state == null) {
        throw new IllegalArgumentException(USAGE);
      }
      if (addresses.size() != AgentName.values().length) {
        throw new IllegalArgumentException("every agent needs an --address; " + USAGE);
      }
      return new Order(token, name, zone, state, addresses);
    }

    private static void addAddress(Map<AgentName, String> addresses, String value) {
      String[] parts = value.split("=", 2);
      for (AgentName agent : AgentName.values()) {
        if (parts.length == 2 && agent.text().equals(parts[0])) {
          addresses.put(agent, parts[1]);
          return;
        }
      }
      throw new IllegalArgumentException("not an agent's address: " + value + "; " + USAGE);
    }
  }

  Join(Path state, SecureRandom random, PrintStream out) {
    this.state = state;
    this.random = random;
    this.out = out;
  }

  /** Joins; see the class. */
  public static void main(String[] arguments) {
    AgentLog.start("WARN");
    Order order;
    try {
      order = Order.parse(arguments);
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage());
      System.exit(2);
      return;
    }
    try {
      new Join(order.state(), new SecureRandom(), System.out).join(order);
    } catch (JoinFailed e) {
      System.err.println(e.getMessage());
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      System.exit(1);
    }
  }

  /**
   * Joins, or finds that the host is a member.
   *
   * @return the host's id
   */
  HostId join(Order order) throws JoinFailed, InterruptedException {
    try {
      if (Files.exists(state.resolve(HOST_ID))) {
        return member();
      }
      return write(ask(order));
    } catch (IOException e) {
      throw new JoinFailed("cannot join: " + e.getMessage(), e);
    }
  }

  private HostId member() throws IOException, JoinFailed {
    HostId host = new HostId(Files.readString(state.resolve(HOST_ID)).strip());
    for (AgentName agent : AgentName.values()) {
      try {
        AgentIdentity.load(state.resolve(agent.text()));
      } catch (IOException e) {
        throw new JoinFailed(
            "this host is %s, but %s; to make it a new member, remove %s and join with a new token"
                .formatted(host, e.getMessage(), state.resolve(HOST_ID)),
            e);
      }
    }
    out.println("this host is already a member: " + host);
    return host;
  }

  /** A member's id and credentials, not yet written. */
  private record Membership(HostId host, Map<AgentName, Credentials> credentials) {}

  private Membership ask(Order order) throws IOException, JoinFailed, InterruptedException {
    Map<AgentName, SigningRequest> requests = new EnumMap<>(AgentName.class);
    Map<AgentName, String> pems = new EnumMap<>(AgentName.class);
    for (AgentName agent : AgentName.values()) {
      SigningRequest request = SigningRequest.make(order.name(), random);
      requests.put(agent, request);
      pems.put(agent, request.pem());
    }
    JoinToken token = order.token();
    JoinRequest body =
        new JoinRequest(token.secret(), order.name(), order.zone(), order.addresses(), pems);
    JoinAnswer answer;
    try (HttpClient client = ControlPlaneDoor.client(pinned(token.authoritySha256()))) {
      URI target = URI.create(token.url()).resolve(AgentPaths.JOIN);
      answer =
          ControlPlaneDoor.parse(ControlPlaneDoor.post(client, target, body), JoinAnswer.class);
    } catch (ControlPlaneDoor.RefusedException e) {
      throw new JoinFailed(
          ("the control plane refused: %s. A token works once and for an hour: if an earlier"
                  + " attempt was cut off, ask for a new token and join again")
              .formatted(e.refusal().message()),
          e);
    } catch (IOException e) {
      throw new JoinFailed(
          "cannot reach the control plane at %s: %s. If it refuses the token next time, ask for a"
                  .formatted(token.url(), told(e))
              + " new one: this attempt may have used it up",
          e);
    }
    return check(answer, requests, token);
  }

  private static Membership check(
      JoinAnswer answer, Map<AgentName, SigningRequest> requests, JoinToken token)
      throws JoinFailed {
    Map<AgentName, Credentials> credentials = new EnumMap<>(AgentName.class);
    try {
      List<X509Certificate> authorities = Pem.certificates(answer.authority());
      if (authorities.size() != 1
          || !digest(authorities.getFirst()).equals(token.authoritySha256())) {
        throw new GeneralSecurityException("the authority is not the one that the token names");
      }
      for (AgentName agent : AgentName.values()) {
        String pem = answer.certificates().get(agent);
        if (pem == null) {
          throw new GeneralSecurityException("there is none for the agent " + agent.text());
        }
        Credentials made = Credentials.of(requests.get(agent).key(), pem, answer.authority());
        String name = CertificateNames.agent(answer.hostId(), agent);
        if (!PeerTrust.bears(made.certificate(), name)) {
          throw new GeneralSecurityException("one does not name " + name);
        }
        credentials.put(agent, made);
      }
    } catch (GeneralSecurityException e) {
      throw new JoinFailed(
          "the control plane's certificates are unusable: %s. The token is used up; ask for a new"
                  .formatted(e.getMessage())
              + " one",
          e);
    }
    return new Membership(answer.hostId(), credentials);
  }

  private HostId write(Membership membership) throws JoinFailed {
    try {
      for (Map.Entry<AgentName, Credentials> agent : membership.credentials().entrySet()) {
        AgentIdentity.write(state.resolve(agent.getKey().text()), agent.getValue());
      }
      DurableFile.write(
          state.resolve(HOST_ID),
          (membership.host().value() + "\n").getBytes(StandardCharsets.US_ASCII),
          "rw-r--r--");
    } catch (IOException e) {
      throw new JoinFailed(
          "cannot write %s: %s. The token is used up: remedy this, ask for a new token and join"
                  .formatted(state, told(e))
              + " again",
          e);
    }
    out.println("this host is now a member: " + membership.host());
    return membership.host();
  }

  /** Trusts a chain only if it ends at the certificate with this digest. */
  private static SSLContext pinned(String authoritySha256) {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      PeerTrust trust =
          new PeerTrust(
              chain -> List.of(find(chain, authoritySha256)), CertificateNames.CONTROL_PLANE);
      context.init(null, new TrustManager[] {trust}, null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS 1.3", e);
    }
  }

  private static X509Certificate find(X509Certificate[] chain, String authoritySha256)
      throws CertificateException {
    for (X509Certificate certificate : chain) {
      if (digest(certificate).equals(authoritySha256)) {
        return certificate;
      }
    }
    throw new CertificateException(
        "the server does not show the authority that the token names; is it the right server?");
  }

  private static String digest(X509Certificate certificate) throws CertificateException {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return HexFormat.of().formatHex(digest);
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256", e);
    }
  }

  private static String told(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }
}
