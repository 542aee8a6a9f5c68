package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** A part of a VPC's range, bound to one zone. */
@Entity
public class Subnet {
  @Id private String id;
  private String accountId;
  private String vpcId;
  private String zone;
  private String cidr;
  private boolean isDefault;
  private boolean mapPublicIpOnLaunch;
  private Instant createdAt;

  protected Subnet() {}

  Subnet(
      String id,
      String accountId,
      String vpcId,
      String zone,
      String cidr,
      boolean isDefault,
      boolean mapPublicIpOnLaunch,
      Instant createdAt) {
    this.id = id;
    this.accountId = accountId;
    this.vpcId = vpcId;
    this.zone = zone;
    this.cidr = cidr;
    this.isDefault = isDefault;
    this.mapPublicIpOnLaunch = mapPublicIpOnLaunch;
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

  public String zone() {
    return zone;
  }

  public String cidr() {
    return cidr;
  }

  public boolean isDefault() {
    return isDefault;
  }

  /** Whether an interface launched into it gets an automatic public address unless it says no. */
  public boolean mapPublicIpOnLaunch() {
    return mapPublicIpOnLaunch;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
