package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.IdClass;
import java.io.Serializable;

/** A private address of an interface; the row reserves it in the VPC. */
@Entity
@IdClass(NetworkInterfaceAddress.AddressId.class)
public class NetworkInterfaceAddress {
  @Id private String vpcId;
  @Id private String address;
  private String eniId;
  private boolean isPrimary;

  /**
   * Identity: a VPC has an address once.
   *
   * @param vpcId the VPC
   * @param address dotted form
   */
  public record AddressId(String vpcId, String address) implements Serializable {}

  protected NetworkInterfaceAddress() {}

  public String address() {
    return address;
  }

  public String eniId() {
    return eniId;
  }

  public boolean isPrimary() {
    return isPrimary;
  }
}
