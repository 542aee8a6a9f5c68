package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;

/** An interface's membership of a security group. */
@Entity
@IdClass(NetworkInterfaceGroup.MembershipId.class)
public class NetworkInterfaceGroup {
  @Id private String eniId;
  @Id private String groupId;

  /**
   * Identity.
   *
   * @param eniId the interface
   * @param groupId the group
   */
  public record MembershipId(String eniId, String groupId) implements Serializable {}

  protected NetworkInterfaceGroup() {}

  public String eniId() {
    return eniId;
  }

  public String groupId() {
    return groupId;
  }
}
