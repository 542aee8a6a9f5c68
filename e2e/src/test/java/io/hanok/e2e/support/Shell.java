package io.hanok.e2e.support;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.auth.pubkey.UserAuthPublicKeyFactory;
import org.apache.sshd.client.channel.ChannelExec;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.config.keys.FilePasswordProvider;
import org.apache.sshd.common.keyprovider.KeyIdentityProvider;
import org.apache.sshd.common.util.security.SecurityUtils;

/** An SSH session in a guest: one connection, on which commands run one after another. */
public final class Shell implements AutoCloseable {
  private static final Duration COMMAND = Duration.ofSeconds(60);

  private final SshClient client;
  private final ClientSession session;

  private Shell(SshClient client, ClientSession session) {
    this.client = client;
    this.session = session;
  }

  /**
   * Connects and logs in.
   *
   * @param key the key to log in with; without one, no key is offered
   * @throws IOException if there is no connection or the server lets nobody in
   */
  public static Shell open(String address, String user, Optional<KeyPair> key, Duration patience)
      throws IOException {
    SshClient client = SshClient.setUpDefaultClient();
    client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
    client.setKeyIdentityProvider(KeyIdentityProvider.EMPTY_KEYS_PROVIDER);
    client.setUserAuthFactories(java.util.List.of(UserAuthPublicKeyFactory.INSTANCE));
    client.start();
    try {
      ClientSession session = client.connect(user, address, 22).verify(patience).getSession();
      key.ifPresent(session::addPublicKeyIdentity);
      session.auth().verify(patience);
      return new Shell(client, session);
    } catch (IOException | RuntimeException e) {
      client.stop();
      throw e;
    }
  }

  /** The key pair in the text that {@code CreateKeyPair} answers. */
  public static KeyPair keyPair(String material) {
    try {
      return SecurityUtils.loadKeyPairIdentities(
              null,
              NamedResource.ofName("key"),
              new java.io.ByteArrayInputStream(material.getBytes(StandardCharsets.US_ASCII)),
              FilePasswordProvider.EMPTY)
          .iterator()
          .next();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new AssertionError("not a private key", e);
    }
  }

  public boolean isOpen() {
    return session.isOpen();
  }

  /** Runs a line of shell to its end. */
  public Output run(String line) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    try (ChannelExec channel = session.createExecChannel(line)) {
      channel.setOut(out);
      channel.setErr(err);
      channel.open().verify(COMMAND);
      var events = channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), COMMAND);
      if (!events.contains(ClientChannelEvent.CLOSED)) {
        throw new IOException("still running after " + COMMAND + ": " + line);
      }
      Integer status = channel.getExitStatus();
      return new Output(
          status == null ? -1 : status,
          out.toString(StandardCharsets.UTF_8),
          err.toString(StandardCharsets.UTF_8));
    }
  }

  @Override
  public void close() {
    session.close(true);
    client.stop();
  }
}
