package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** The way between a VPC and the outside. */
@Entity
public class InternetGateway {
  @Id private String id;
  private String accountId;
  private String vpcId;
  private Instant createdAt;

  protected InternetGateway() {}

  InternetGateway(String id, String accountId, String vpcId, Instant createdAt) {
    this.id = id;
    this.accountId = accountId;
    this.vpcId = vpcId;
    this.createdAt = createdAt;
  }

  public String id() {
    return id;
  }

  public String accountId() {
    return accountId;
  }

  /** The VPC that it is attached to, or null. */
  public String vpcId() {
    return vpcId;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
