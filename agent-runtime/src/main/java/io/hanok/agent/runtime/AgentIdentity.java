package io.hanok.agent.runtime;

import io.hanok.agent.api.CertificateNames;
import io.hanok.agent.api.tls.PeerTrust;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedKeyManager;

/**
 * Who an agent is: its key and certificate, and the authority that it trusts, kept together in one
 * file, so that no crash can part a key from its certificate.
 *
 * <p>Contexts made here follow {@link #replace}: connections made after it use the new certificate.
 */
public final class AgentIdentity {
  private static final String FILE = "identity/identity.pem";
  private static final int RESUMABLE_SECONDS = 3600;

  private final Path file;
  private final AtomicReference<Credentials> current;

  private AgentIdentity(Path file, Credentials credentials) {
    this.file = file;
    this.current = new AtomicReference<>(credentials);
  }

  /** Where an agent with this state directory keeps its identity; readable by its owner only. */
  public static Path file(Path state) {
    return state.resolve(FILE);
  }

  /**
   * Reads an agent's identity.
   *
   * @throws IOException if there is none (the host has not joined), or it is damaged
   */
  public static AgentIdentity load(Path state) throws IOException {
    Path file = file(state);
    try {
      return new AgentIdentity(file, Credentials.parse(Files.readString(file)));
    } catch (NoSuchFileException e) {
      throw new IOException(file + " is missing: this host has not joined a control plane", e);
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " is damaged: " + e.getMessage(), e);
    }
  }

  /** Writes a first identity, or another one after joining anew. */
  static void write(Path state, Credentials credentials) throws IOException {
    Path file = file(state);
    DurableFile.makeDirectory(file.getParent());
    DurableFile.write(file, credentials.text().getBytes(StandardCharsets.US_ASCII), "rw-------");
  }

  /** What is in force now. */
  Credentials current() {
    return current.get();
  }

  /** Writes renewed credentials and puts them in force. */
  void replace(Credentials renewed) throws IOException {
    DurableFile.write(file, renewed.text().getBytes(StandardCharsets.US_ASCII), "rw-------");
    current.set(renewed);
  }

  /** A context for the agent's server; whoever connects must present a certificate. */
  SSLContext serverContext() {
    SSLContext context = context();
    context.getServerSessionContext().setSessionTimeout(RESUMABLE_SECONDS);
    return context;
  }

  /** A context for calls to the control plane, and to nobody else. */
  SSLContext clientContext() {
    return context();
  }

  private SSLContext context() {
    try {
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          new KeyManager[] {new CurrentKey()},
          new TrustManager[] {
            new PeerTrust(chain -> current().authorities(), CertificateNames.CONTROL_PLANE)
          },
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no TLS 1.3", e);
    }
  }

  /**
   * Presents the credentials in force when a handshake begins. An alias stands for one set, so that
   * a handshake that overlaps a renewal cannot mix two.
   */
  private final class CurrentKey extends X509ExtendedKeyManager {
    private final Map<String, Credentials> byAlias = new ConcurrentHashMap<>();

    private String alias() {
      Credentials now = current();
      String alias = now.certificate().getSerialNumber().toString(16);
      if (!now.equals(byAlias.get(alias))) {
        byAlias.put(alias, now);
      }
      return alias;
    }

    @Override
    public String chooseEngineClientAlias(
        String[] keyTypes, Principal[] issuers, SSLEngine engine) {
      return alias();
    }

    @Override
    public String chooseEngineServerAlias(String keyType, Principal[] issuers, SSLEngine engine) {
      return keyType.equals("EC") ? alias() : null;
    }

    @Override
    public String chooseClientAlias(String[] keyTypes, Principal[] issuers, Socket socket) {
      return alias();
    }

    @Override
    public String chooseServerAlias(String keyType, Principal[] issuers, Socket socket) {
      return keyType.equals("EC") ? alias() : null;
    }

    @Override
    public String[] getClientAliases(String keyType, Principal[] issuers) {
      return new String[] {alias()};
    }

    @Override
    public String[] getServerAliases(String keyType, Principal[] issuers) {
      return new String[] {alias()};
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[] {byAlias.get(alias).certificate()};
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return byAlias.get(alias).key();
    }
  }
}
