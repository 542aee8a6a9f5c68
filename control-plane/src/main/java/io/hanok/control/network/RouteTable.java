package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/**
 * Where the packets of some subnets go; the main one serves the subnets without a table of their
 * own.
 */
@Entity
public class RouteTable {
  @Id private String id;
  private String accountId;
  private String vpcId;
  private String mainAssociationId;
  private Instant createdAt;

  protected RouteTable() {}

  RouteTable(
      String id, String accountId, String vpcId, String mainAssociationId, Instant createdAt) {
    this.id = id;
    this.accountId = accountId;
    this.vpcId = vpcId;
    this.mainAssociationId = mainAssociationId;
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

  /** Null unless it is its VPC's main table. */
  public String mainAssociationId() {
    return mainAssociationId;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
