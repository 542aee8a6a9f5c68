package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** Stateless rules at the edge of some subnets. */
@Entity
public class NetworkAcl {
  @Id private String id;
  private String accountId;
  private String vpcId;
  private boolean isDefault;
  private Instant createdAt;

  protected NetworkAcl() {}

  NetworkAcl(String id, String accountId, String vpcId, boolean isDefault, Instant createdAt) {
    this.id = id;
    this.accountId = accountId;
    this.vpcId = vpcId;
    this.isDefault = isDefault;
    this.createdAt = createdAt;
  }

  public String id() {
    return id;
  }

  public String accountId() {
    return accountId;
  }

  public String vpcId() {
    return vpcId;
  }

  public boolean isDefault() {
    return isDefault;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
