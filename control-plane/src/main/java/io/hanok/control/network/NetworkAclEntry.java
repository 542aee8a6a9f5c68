package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;

/** One rule of a network ACL; the lowest number that matches decides. */
@Entity
@IdClass(NetworkAclEntry.Key.class)
public class NetworkAclEntry {
  @Id private String networkAclId;
  @Id private boolean egress;
  @Id private int ruleNumber;
  private String protocol;
  private boolean allow;
  private String cidr;

  /** Identity: a number is used once in each direction. */
  public record Key(String networkAclId, boolean egress, int ruleNumber) implements Serializable {}

  protected NetworkAclEntry() {}

  NetworkAclEntry(
      String networkAclId,
      boolean egress,
      int ruleNumber,
      String protocol,
      boolean allow,
      String cidr) {
    this.networkAclId = networkAclId;
    this.egress = egress;
    this.ruleNumber = ruleNumber;
    this.protocol = protocol;
    this.allow = allow;
    this.cidr = cidr;
  }

  public String networkAclId() {
    return networkAclId;
  }

  public boolean egress() {
    return egress;
  }

  public int ruleNumber() {
    return ruleNumber;
  }

  public String protocol() {
    return protocol;
  }

  public boolean allow() {
    return allow;
  }

  public String cidr() {
    return cidr;
  }
}
