package io.hanok.control.ec2;

import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Idempotency by client token: the same token with the same parameters finds the first call's
 * result for at least a day; other parameters are refused.
 */
@Component
public class ClientTokens {
  private final JdbcClient jdbc;

  public ClientTokens(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** A token's row. */
  private record Row(String requestSha256, String result) {}

  /**
   * Makes something once for a token, in the caller's transaction.
   *
   * @param token the caller's token, or null: then it is simply made
   * @param request the parameters, in a form that is equal exactly if they are
   * @param make makes it and returns the key by which the answer is found again
   * @return the key, of this call or of the first
   */
  public String once(
      Caller caller, String action, String token, String request, Supplier<String> make) {
    if (token == null || token.isEmpty()) {
      return make.get();
    }
    if (token.length() > 64) {
      throw new CloudException(
          ErrorCode.INVALID_PARAMETER_VALUE, "A client token has at most 64 characters.");
    }
    String digest = sha256(request);
    // Two calls at once with one token: the second waits here for the first.
    jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))")
        .param("key", caller.accountId() + action + token)
        .query((row, n) -> 0)
        .list();
    var known =
        jdbc.sql(
                """
                SELECT request_sha256, result FROM client_token
                WHERE account_id = :account AND action = :action AND token = :token
                """)
            .param("account", caller.accountId())
            .param("action", action)
            .param("token", token)
            .query((row, n) -> new Row(row.getString(1), row.getString(2)))
            .optional();
    if (known.isPresent()) {
      if (!known.get().requestSha256().equals(digest)) {
        throw new CloudException(
            ErrorCode.IDEMPOTENT_PARAMETER_MISMATCH,
            "The client token '%s' was used with other parameters. Use a new token."
                .formatted(token));
      }
      return known.get().result();
    }
    String result = make.get();
    jdbc.sql(
            """
            INSERT INTO client_token (account_id, action, token, request_sha256, result)
            VALUES (:account, :action, :token, :digest, :result)
            """)
        .param("account", caller.accountId())
        .param("action", action)
        .param("token", token)
        .param("digest", digest)
        .param("result", result)
        .update();
    return result;
  }

  @Scheduled(fixedDelay = 3_600_000, initialDelay = 60_000)
  void forget() {
    jdbc.sql("DELETE FROM client_token WHERE created_at < now() - interval '48 hours'").update();
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
