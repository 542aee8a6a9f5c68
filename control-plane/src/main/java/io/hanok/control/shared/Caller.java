package io.hanok.control.shared;

/**
 * Who is asking: the account that scopes every query, and the principal within it.
 *
 * @param accountId 12 digits
 * @param accessKeyId access key that signed the request
 * @param operator whether the account may use what belongs to operators
 */
public record Caller(String accountId, String accessKeyId, boolean operator) {
  /** The principal's ARN; the only principal of an account is its root user. */
  public String arn() {
    return "arn:aws:iam::" + accountId + ":root";
  }
}
