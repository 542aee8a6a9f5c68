package io.hanok.control.network;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import org.hibernate.annotations.DynamicUpdate;

/** A network card: a MAC and private addresses in one subnet, whatever it is attached to. */
@Entity
@DynamicUpdate
public class NetworkInterface {
  @Id private String id;
  private String accountId;
  private String vpcId;
  private String subnetId;
  private String zone;
  private String mac;
  private String description;
  private boolean sourceDestCheck;
  private Instant createdAt;
  private String instanceId;
  private String attachmentId;
  private Integer deviceIndex;
  private Boolean deleteOnTermination;
  private Instant attachedAt;
  private boolean autoPublicAddress;

  protected NetworkInterface() {}

  NetworkInterface(String id, Subnet subnet, String mac, String description, Instant createdAt) {
    this.id = id;
    this.accountId = subnet.accountId();
    this.vpcId = subnet.vpcId();
    this.subnetId = subnet.id();
    this.zone = subnet.zone();
    this.mac = mac;
    this.description = description;
    this.sourceDestCheck = true;
    this.createdAt = createdAt;
  }

  void attach(
      String toInstance, String attachment, int index, boolean deleteWithInstance, Instant at) {
    instanceId = toInstance;
    attachmentId = attachment;
    deviceIndex = index;
    deleteOnTermination = deleteWithInstance;
    attachedAt = at;
  }

  void detach() {
    instanceId = null;
    attachmentId = null;
    deviceIndex = null;
    deleteOnTermination = null;
    attachedAt = null;
    autoPublicAddress = false;
  }

  void giveAutomaticAddressAtEachStart() {
    autoPublicAddress = true;
  }

  void describe(String newDescription) {
    description = newDescription;
  }

  void checkSourceAndDestination(boolean check) {
    sourceDestCheck = check;
  }

  void deleteOnTermination(boolean delete) {
    deleteOnTermination = delete;
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

  public String subnetId() {
    return subnetId;
  }

  public String zone() {
    return zone;
  }

  /** Lower-case with colons. */
  public String mac() {
    return mac;
  }

  public String description() {
    return description;
  }

  /** Whether packets from or to addresses that are not its own are dropped. */
  public boolean sourceDestCheck() {
    return sourceDestCheck;
  }

  public Instant createdAt() {
    return createdAt;
  }

  /** The instance that it is attached to, or null. */
  public String instanceId() {
    return instanceId;
  }

  /** Null while it is not attached. */
  public String attachmentId() {
    return attachmentId;
  }

  /** Null while it is not attached; 0 is an instance's primary interface. */
  public Integer deviceIndex() {
    return deviceIndex;
  }

  /** Null while it is not attached. */
  public Boolean deleteOnTermination() {
    return deleteOnTermination;
  }

  /** Null while it is not attached. */
  public Instant attachedAt() {
    return attachedAt;
  }

  /** Whether it gets an automatic public address at each start. */
  public boolean autoPublicAddress() {
    return autoPublicAddress;
  }
}
