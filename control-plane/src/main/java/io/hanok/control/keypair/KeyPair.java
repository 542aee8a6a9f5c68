package io.hanok.control.keypair;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** The public half of a key pair, under the name by which launches refer to it. */
@Entity
public class KeyPair {
  @Id private String id;
  private String accountId;
  private String name;
  private String type;
  private String fingerprint;
  private String publicKey;
  private Instant createdAt;

  protected KeyPair() {}

  KeyPair(
      String id,
      String accountId,
      String name,
      KeyKind kind,
      String fingerprint,
      String publicKey,
      Instant createdAt) {
    this.id = id;
    this.accountId = accountId;
    this.name = name;
    this.type = kind.text();
    this.fingerprint = fingerprint;
    this.publicKey = publicKey;
    this.createdAt = createdAt;
  }

  public String id() {
    return id;
  }

  public String name() {
    return name;
  }

  /** {@code rsa} or {@code ed25519}. */
  public String type() {
    return type;
  }

  public String fingerprint() {
    return fingerprint;
  }

  /** One line as in {@code authorized_keys}: the type, the key, the pair's name. */
  public String publicKey() {
    return publicKey;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
