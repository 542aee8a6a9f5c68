package io.hanok.agent.runtime;

import io.hanok.agent.api.RenewAnswer;
import io.hanok.agent.api.RenewRequest;
import io.hanok.agent.api.tls.PeerTrust;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gets the agent a new key and certificate when two thirds of the present one's life are over, and
 * tries on until it has them. The old credentials stay in force until the new ones are on disk, so
 * a crash at any moment leaves the agent with one good pair.
 */
final class Renewal implements AutoCloseable {
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);
  private static final Duration RETRY = Duration.ofMinutes(1);
  private static final Logger log = LoggerFactory.getLogger(Renewal.class);

  private final AgentIdentity identity;
  private final Issuer issuer;
  private final Clock clock;
  private final SecureRandom random;
  private final Timers timers;
  private Timers.Timer next = () -> {};
  private boolean closed;

  /** Who issues certificates. */
  @FunctionalInterface
  interface Issuer {
    /**
     * Asks for a certificate.
     *
     * @throws IOException if none was given
     */
    RenewAnswer renew(RenewRequest request) throws IOException, InterruptedException;
  }

  Renewal(AgentIdentity identity, Issuer issuer, Clock clock, SecureRandom random, Timers timers) {
    this.identity = identity;
    this.issuer = issuer;
    this.clock = clock;
    this.random = random;
    this.timers = timers;
  }

  /** Begins to watch the certificate's age. */
  synchronized void start() {
    X509Certificate certificate = identity.current().certificate();
    if (clock.instant().isAfter(certificate.getNotAfter().toInstant())) {
      log.error(
          "the certificate has expired on {}: the control plane will not know this agent; remove"
              + " the host's identity and join again with a new token",
          certificate.getNotAfter().toInstant());
    }
    schedule(untilDue());
  }

  /** When the present certificate should be renewed. */
  Instant due() {
    X509Certificate certificate = identity.current().certificate();
    Instant from = certificate.getNotBefore().toInstant();
    Duration life = Duration.between(from, certificate.getNotAfter().toInstant());
    return from.plus(life.multipliedBy(2).dividedBy(3));
  }

  private Duration untilDue() {
    Duration left = Duration.between(clock.instant(), due());
    if (left.isNegative()) {
      return Duration.ZERO;
    }
    return left.compareTo(LONGEST_WAIT) < 0 ? left : LONGEST_WAIT;
  }

  private synchronized void schedule(Duration after) {
    if (!closed) {
      next = timers.after(after, () -> Thread.ofVirtual().name("renewal").start(this::check));
    }
  }

  private void check() {
    try {
      schedule(renewIfDue() ? untilDue() : RETRY);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Renews if it is time.
   *
   * @return false if it is time but did not succeed
   */
  boolean renewIfDue() throws InterruptedException {
    if (clock.instant().isBefore(due())) {
      return true;
    }
    try {
      Credentials present = identity.current();
      SigningRequest request =
          SigningRequest.make(present.certificate().getSubjectX500Principal(), random);
      RenewAnswer answer = issuer.renew(new RenewRequest(request.pem()));
      Credentials renewed = Credentials.of(request.key(), answer.certificate(), answer.authority());
      List<String> names = PeerTrust.uriNames(present.certificate());
      if (!PeerTrust.uriNames(renewed.certificate()).equals(names)) {
        throw new GeneralSecurityException("the new certificate does not name " + names);
      }
      if (!expiry(renewed).isAfter(expiry(present))) {
        throw new GeneralSecurityException("the new certificate lives no longer than the old one");
      }
      identity.replace(renewed);
      log.info("the certificate is renewed until {}", expiry(renewed));
      return true;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      log.warn(
          "cannot renew the certificate, which expires on {}; trying again: {}",
          expiry(identity.current()),
          e.getMessage());
      return false;
    }
  }

  private static Instant expiry(Credentials credentials) {
    return credentials.certificate().getNotAfter().toInstant();
  }

  @Override
  public synchronized void close() {
    closed = true;
    next.cancel();
  }
}
