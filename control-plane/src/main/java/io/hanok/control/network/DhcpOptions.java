package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** What the DHCP service of a VPC tells its guests. */
@Entity
public class DhcpOptions {
  @Id private String id;
  private String accountId;
  private String domainName;
  private String domainNameServers;
  private Instant createdAt;

  protected DhcpOptions() {}

  DhcpOptions(
      String id, String accountId, String domainName, String domainNameServers, Instant createdAt) {
    this.id = id;
    this.accountId = accountId;
    this.domainName = domainName;
    this.domainNameServers = domainNameServers;
    this.createdAt = createdAt;
  }

  public String id() {
    return id;
  }

  public String accountId() {
    return accountId;
  }

  public String domainName() {
    return domainName;
  }

  /** {@code AmazonProvidedDNS} for the resolver of the VPC itself. */
  public String domainNameServers() {
    return domainNameServers;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
