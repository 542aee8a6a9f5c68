package io.hanok.agent.api;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A single-use invitation for a host: where the control plane is, how to know it, and a secret.
 *
 * <p>Its text is {@code hanok1.} and base64url of {@code url|authority|secret}.
 *
 * @param url address of the agents' door, such as {@code https://10.1.0.1:8774}
 * @param authoritySha256 SHA-256 of the authority certificate's DER form in lower-case hex: the
 *     host trusts this authority and no other
 * @param secret proves the invitation
 */
public record JoinToken(String url, String authoritySha256, String secret) {
  private static final String PREFIX = "hanok1.";

  /** The token's text. */
  public String text() {
    byte[] body = String.join("|", url, authoritySha256, secret).getBytes(StandardCharsets.UTF_8);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(body);
  }

  /**
   * Reads a token's text.
   *
   * @throws IllegalArgumentException if it is not a token
   */
  public static JoinToken parse(String text) {
    if (!text.startsWith(PREFIX)) {
      throw new IllegalArgumentException("a join token starts with " + PREFIX);
    }
    byte[] body = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()).trim());
    String[] parts = new String(body, StandardCharsets.UTF_8).split("\\|");
    if (parts.length != 3) {
      throw new IllegalArgumentException("the join token is damaged");
    }
    return new JoinToken(parts[0], parts[1], parts[2]);
  }
}
