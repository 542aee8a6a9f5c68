package io.hanok.e2e.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.time.Duration;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/** A real guest, seen from both sides: as the API's instance, and from a shell inside. */
public final class Guest implements AutoCloseable {
  /** How long a guest may take to boot, emulated on a busy machine. */
  public static final Duration BOOT = Duration.ofSeconds(120);

  private static final String USER = "ec2-user";
  private static final Duration ATTEMPT = Duration.ofSeconds(15);

  private final Ec2Client ec2;
  private final String id;
  private final KeyPair key;
  private Shell shell;

  public Guest(Ec2Client ec2, String id, KeyPair key) {
    this.ec2 = ec2;
    this.id = id;
    this.key = key;
  }

  public String id() {
    return id;
  }

  /** As {@code DescribeInstances} tells it now. */
  public Instance describe() {
    return ec2.describeInstances(r -> r.instanceIds(id))
        .reservations()
        .getFirst()
        .instances()
        .getFirst();
  }

  public InstanceStateName state() {
    return describe().state().name();
  }

  public String privateAddress() {
    return describe().privateIpAddress();
  }

  public String publicAddress() {
    return describe().publicIpAddress();
  }

  /** Waits for a state. */
  public Guest await(InstanceStateName state) {
    Stack.await(id + " to be " + state, BOOT, () -> state() == state);
    return this;
  }

  /** Waits until somebody can log in, and keeps that session for {@link #run}. */
  public Guest awaitShell() {
    return awaitShell(BOOT);
  }

  /** The same for a guest that takes longer to boot. */
  public Guest awaitShell(Duration boot) {
    Stack.await(
        "a shell in " + id,
        boot,
        () -> {
          disconnect();
          shell = open(ATTEMPT);
          return true;
        });
    return this;
  }

  /** A new session with the guest's own key. */
  public Shell open(Duration patience) throws IOException {
    return Shell.open(publicAddress(), USER, Optional.of(key), patience);
  }

  /** Whether somebody with this key, or with none, is let in; the server must answer. */
  public boolean letsIn(Optional<KeyPair> other) {
    try (Shell _ = Shell.open(publicAddress(), USER, other, ATTEMPT)) {
      return true;
    } catch (org.apache.sshd.common.SshException e) {
      if (Reach.of(publicAddress(), 22, ATTEMPT) != Reach.OPEN) {
        throw new UncheckedIOException("the server does not answer", e);
      }
      return false;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a line of shell as the login user; a session is opened if there is none. */
  public Output run(String line) {
    if (shell == null || !shell.isOpen()) {
      awaitShell();
    }
    try {
      return shell.run(line);
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  /** What a line of shell that succeeds says. */
  public String say(String line) {
    return run(line).text();
  }

  /** Forgets the session, which a reboot or a stop ends without telling. */
  public void disconnect() {
    if (shell != null) {
      shell.close();
      shell = null;
    }
  }

  @Override
  public void close() {
    disconnect();
  }
}
