package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** A private network of an account, with a range that may overlap any other VPC's. */
@Entity
public class Vpc {
  @Id private String id;
  private String accountId;
  private String cidr;
  private String cidrAssociationId;
  private boolean isDefault;
  private String dhcpOptionsId;
  private boolean enableDnsSupport;
  private boolean enableDnsHostnames;
  private Instant createdAt;

  protected Vpc() {}

  Vpc(
      String id,
      String accountId,
      String cidr,
      String cidrAssociationId,
      boolean isDefault,
      String dhcpOptionsId,
      boolean enableDnsHostnames,
      Instant createdAt) {
    this.id = id;
    this.accountId = accountId;
    this.cidr = cidr;
    this.cidrAssociationId = cidrAssociationId;
    this.isDefault = isDefault;
    this.dhcpOptionsId = dhcpOptionsId;
    this.enableDnsSupport = true;
    this.enableDnsHostnames = enableDnsHostnames;
    this.createdAt = createdAt;
  }

  public String id() {
    return id;
  }

  public String accountId() {
    return accountId;
  }

  public String cidr() {
    return cidr;
  }

  public String cidrAssociationId() {
    return cidrAssociationId;
  }

  public boolean isDefault() {
    return isDefault;
  }

  public String dhcpOptionsId() {
    return dhcpOptionsId;
  }

  public boolean enableDnsSupport() {
    return enableDnsSupport;
  }

  public boolean enableDnsHostnames() {
    return enableDnsHostnames;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
