package io.hanok.network.metadata;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Makes and checks the tokens of metadata version 2.
 *
 * <p>A token is its expiry, a nonce and a MAC over both and the interface, so nothing is stored: a
 * token lives on when the agent restarts, and is worth nothing to another guest.
 */
final class MetadataTokens {
  private static final String ALGORITHM = "HmacSHA256";
  private static final int KEY_BYTES = 32;
  private static final int HEAD_BYTES = 16;
  private static final int MAC_BYTES = 24;

  private final SecretKeySpec key;
  private final Clock clock;
  private final RandomGenerator random;

  MetadataTokens(byte[] key, Clock clock, RandomGenerator random) {
    this.key = new SecretKeySpec(key, ALGORITHM);
    this.clock = clock;
    this.random = random;
  }

  /**
   * The tokens of this host: reads the secret, or draws one if the file is not there.
   *
   * @throws IOException if the file can be neither read nor written
   */
  static MetadataTokens ofHost(Path file, Clock clock, RandomGenerator random) throws IOException {
    if (!Files.exists(file)) {
      byte[] drawn = new byte[KEY_BYTES];
      random.nextBytes(drawn);
      Files.createDirectories(file.getParent());
      Path next = file.resolveSibling("." + file.getFileName());
      Files.deleteIfExists(next);
      Files.createFile(
          next, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Files.write(next, drawn);
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    }
    return new MetadataTokens(Files.readAllBytes(file), clock, random);
  }

  /** A new token for an interface. */
  String issue(String owner, Duration life) {
    ByteBuffer head = ByteBuffer.allocate(HEAD_BYTES);
    head.putLong(clock.instant().plus(life).getEpochSecond()).putLong(random.nextLong());
    byte[] token =
        ByteBuffer.allocate(HEAD_BYTES + MAC_BYTES)
            .put(head.array())
            .put(mac(owner, head.array()))
            .array();
    return Base64.getUrlEncoder().encodeToString(token);
  }

  /** How long a token still lives, or empty if it is expired, forged or another interface's. */
  Optional<Duration> check(String owner, String text) {
    byte[] token;
    try {
      token = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (token.length != HEAD_BYTES + MAC_BYTES) {
      return Optional.empty();
    }
    byte[] head = Arrays.copyOf(token, HEAD_BYTES);
    byte[] given = Arrays.copyOfRange(token, HEAD_BYTES, token.length);
    if (!MessageDigest.isEqual(given, mac(owner, head))) {
      return Optional.empty();
    }
    Duration left =
        Duration.between(clock.instant(), Instant.ofEpochSecond(ByteBuffer.wrap(head).getLong()));
    return Optional.of(left).filter(Duration::isPositive);
  }

  private byte[] mac(String owner, byte[] head) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(key);
      mac.update(owner.getBytes(StandardCharsets.UTF_8));
      mac.update((byte) 0);
      return Arrays.copyOf(mac.doFinal(head), MAC_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
