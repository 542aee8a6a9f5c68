package io.hanok.control.securitygroup;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** A named set of allow rules of a VPC, and of the interfaces that they hold for. */
@Entity
public class SecurityGroup {
  /** Name of the group that each VPC has from the beginning. */
  public static final String DEFAULT = "default";

  @Id private String id;
  private String accountId;
  private String vpcId;
  private String name;
  private String description;
  private Instant createdAt;

  protected SecurityGroup() {}

  SecurityGroup(
      String id,
      String accountId,
      String vpcId,
      String name,
      String description,
      Instant createdAt) {
    this.id = id;
    this.accountId = accountId;
    this.vpcId = vpcId;
    this.name = name;
    this.description = description;
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

  public String name() {
    return name;
  }

  public String description() {
    return description;
  }

  public Instant createdAt() {
    return createdAt;
  }

  /** Whether it is the group that an interface gets when none is named. */
  public boolean isDefault() {
    return name.equals(DEFAULT);
  }
}
