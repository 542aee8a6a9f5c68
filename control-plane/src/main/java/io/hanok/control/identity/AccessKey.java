package io.hanok.control.identity;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** An access key of an account's root user. */
@Entity
class AccessKey {
  @Id private String id;
  private String accountId;
  private byte[] secretEncrypted;
  private boolean active;
  private Instant createdAt;

  protected AccessKey() {}

  AccessKey(String id, String accountId, byte[] secretEncrypted, Instant createdAt) {
    this.id = id;
    this.accountId = accountId;
    this.secretEncrypted = secretEncrypted;
    this.active = true;
    this.createdAt = createdAt;
  }

  String id() {
    return id;
  }

  String accountId() {
    return accountId;
  }

  byte[] secretEncrypted() {
    return secretEncrypted;
  }

  boolean active() {
    return active;
  }

  Instant createdAt() {
    return createdAt;
  }
}
