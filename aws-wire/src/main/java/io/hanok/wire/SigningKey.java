package io.hanok.wire;

/**
 * The secret behind an access key id, and whose it is.
 *
 * @param secret the secret access key
 * @param sessionToken the token that must accompany temporary credentials, or null for lasting ones
 * @param principal whoever a valid signature proves the caller to be; opaque here
 * @param <P> the principal's type
 */
public record SigningKey<P>(String secret, String sessionToken, P principal) {

  /** Says whose it is and nothing more, so that no log ever holds a secret. */
  @Override
  public String toString() {
    return "SigningKey[principal=" + principal + "]";
  }
}
