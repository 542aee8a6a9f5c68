package io.hanok.control.address;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import org.hibernate.annotations.DynamicUpdate;
import org.hibernate.annotations.Formula;

/**
 * A public address in use: an elastic one, with an allocation, or an automatic one, which exists
 * only while an interface uses it.
 */
@Entity
@DynamicUpdate
public class PublicAddress {
  @Id private String address;
  private String accountId;
  private String allocationId;
  private String eniId;
  private String privateAddress;
  private String associationId;
  private Instant createdAt;

  @Formula("(SELECT ni.instance_id FROM network_interface ni WHERE ni.id = eni_id)")
  private String instanceId;

  protected PublicAddress() {}

  void associate(String eni, String privateOne, String association) {
    eniId = eni;
    privateAddress = privateOne;
    associationId = association;
  }

  void disassociate() {
    eniId = null;
    privateAddress = null;
    associationId = null;
  }

  public String address() {
    return address;
  }

  public String accountId() {
    return accountId;
  }

  /** Null for an automatic address. */
  public String allocationId() {
    return allocationId;
  }

  /** The interface that it leads to, or null. */
  public String eniId() {
    return eniId;
  }

  /** The private address that it is translated to, or null. */
  public String privateAddress() {
    return privateAddress;
  }

  /** Null unless it is elastic and associated. */
  public String associationId() {
    return associationId;
  }

  /** The instance of its interface as it was when this row was read, or null. */
  public String instanceId() {
    return instanceId;
  }

  public Instant createdAt() {
    return createdAt;
  }
}
