package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;

/** A subnet's network ACL; each subnet has one. */
@Entity
public class NetworkAclAssociation {
  @Id private String id;
  private String networkAclId;
  private String subnetId;

  protected NetworkAclAssociation() {}

  NetworkAclAssociation(String id, String networkAclId, String subnetId) {
    this.id = id;
    this.networkAclId = networkAclId;
    this.subnetId = subnetId;
  }

  public String id() {
    return id;
  }

  public String networkAclId() {
    return networkAclId;
  }

  public String subnetId() {
    return subnetId;
  }
}
