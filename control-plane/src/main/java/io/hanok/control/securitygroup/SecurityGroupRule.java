package io.hanok.control.securitygroup;

import jakarta.persistence.Column;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** One allow rule: a direction, a protocol with its ports, and a peer. */
@Entity
public class SecurityGroupRule {
  @Id private String id;
  private String accountId;

  @Column(updatable = false)
  private String groupId;

  private boolean egress;
  private String protocol;
  private Integer fromPort;
  private Integer toPort;
  private String cidr;
  private String peerGroupId;
  private String description;
  private Instant createdAt;

  protected SecurityGroupRule() {}

  SecurityGroupRule(
      String id,
      String accountId,
      String groupId,
      boolean egress,
      Permission permission,
      Instant createdAt) {
    this.id = id;
    this.accountId = accountId;
    this.groupId = groupId;
    this.egress = egress;
    this.createdAt = createdAt;
    become(permission);
  }

  void become(Permission permission) {
    protocol = permission.protocol();
    fromPort = permission.fromPort();
    toPort = permission.toPort();
    cidr = permission.cidr();
    peerGroupId = permission.peerGroupId();
    description = permission.description();
  }

  void describe(String newDescription) {
    description = newDescription;
  }

  /** What it allows. */
  public Permission permission() {
    return new Permission(protocol, fromPort, toPort, cidr, peerGroupId, description);
  }

  public String id() {
    return id;
  }

  public String accountId() {
    return accountId;
  }

  public String groupId() {
    return groupId;
  }

  public boolean egress() {
    return egress;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
