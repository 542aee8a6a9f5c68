package io.hanok.network.metadata;

import io.hanok.agent.api.HostNetworkSpec.Metadata;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * Decides what a request to the metadata service gets, as EC2 does: sessions by PUT with a life of
 * 1 to 21,600 seconds, never through a proxy; values by GET with a token, or without one where
 * tokens are optional.
 */
final class MetadataAnswers {
  private static final String TOKEN_PATH = "/latest/api/token";
  private static final String TOKEN = "x-aws-ec2-metadata-token";
  private static final String TTL = "x-aws-ec2-metadata-token-ttl-seconds";
  private static final String TTL_SHOWN = "X-Aws-Ec2-Metadata-Token-Ttl-Seconds";
  private static final int MAX_TTL = 21600;

  private final MetadataTokens tokens;

  MetadataAnswers(MetadataTokens tokens) {
    this.tokens = tokens;
  }

  /**
   * The answer to a request.
   *
   * @param owner the interface that asks
   */
  MetadataAnswer to(MetadataRequest request, String owner, Metadata metadata) {
    if (!metadata.enabled()) {
      return MetadataAnswer.refused(403);
    }
    boolean session = request.path().equals(TOKEN_PATH);
    return switch (request.method()) {
      case "PUT" -> session ? newSession(request, owner) : MetadataAnswer.refused(405);
      case "GET", "HEAD" -> session ? MetadataAnswer.refused(405) : value(request, owner, metadata);
      default -> MetadataAnswer.refused(405);
    };
  }

  private MetadataAnswer newSession(MetadataRequest request, String owner) {
    if (request.header("x-forwarded-for").isPresent()) {
      return MetadataAnswer.refused(403);
    }
    Optional<Integer> life = request.header(TTL).flatMap(MetadataAnswers::life);
    if (life.isEmpty()) {
      return MetadataAnswer.refused(400);
    }
    String token = tokens.issue(owner, Duration.ofSeconds(life.get()));
    return MetadataAnswer.ok(
        token.getBytes(java.nio.charset.StandardCharsets.US_ASCII),
        Map.of(TTL_SHOWN, Integer.toString(life.get())),
        true);
  }

  private static Optional<Integer> life(String text) {
    try {
      int seconds = Integer.parseInt(text);
      return seconds >= 1 && seconds <= MAX_TTL ? Optional.of(seconds) : Optional.empty();
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private MetadataAnswer value(MetadataRequest request, String owner, Metadata metadata) {
    Optional<String> token = request.header(TOKEN);
    Map<String, String> headers = Map.of();
    if (token.isPresent()) {
      Optional<Duration> left = tokens.check(owner, token.get());
      if (left.isEmpty()) {
        return MetadataAnswer.refused(401);
      }
      headers = Map.of(TTL_SHOWN, Long.toString(left.get().toSeconds()));
    } else if (metadata.tokensRequired()) {
      return MetadataAnswer.refused(401);
    }
    Optional<byte[]> found = new MetadataTree(metadata).find(request.path());
    return found.isPresent()
        ? MetadataAnswer.ok(found.get(), headers, false)
        : MetadataAnswer.refused(404);
  }
}
