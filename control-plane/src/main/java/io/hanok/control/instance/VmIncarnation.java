package io.hanok.control.instance;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import jakarta.persistence.Table;
import java.time.Instant;

/** One virtual machine of an instance, from a start to its end; the row reserves its capacity. */
@Entity
@Table(name = "vm")
public class VmIncarnation {
  @Id private String id;
  private String instanceId;
  private String hostId;
  private int vcpus;
  private int memoryMib;
  private int firstRebootCount;
  private Instant createdAt;
  private Instant runningAt;
  private Instant endedAt;

  protected VmIncarnation() {}

  VmIncarnation(
      String id,
      String instanceId,
      String hostId,
      int vcpus,
      int memoryMib,
      int firstRebootCount,
      Instant createdAt) {
    this.id = id;
    this.instanceId = instanceId;
    this.hostId = hostId;
    this.vcpus = vcpus;
    this.memoryMib = memoryMib;
    this.firstRebootCount = firstRebootCount;
    this.createdAt = createdAt;
  }

  public String id() {
    return id;
  }

  public String instanceId() {
    return instanceId;
  }

  public String hostId() {
    return hostId;
  }

  public int vcpus() {
    return vcpus;
  }

  public int memoryMib() {
    return memoryMib;
  }

  /** The instance's reboot count when this incarnation began. */
  public int firstRebootCount() {
    return firstRebootCount;
  }

  public Instant createdAt() {
    return createdAt;
  }

  /** When the guest was first seen running, or null. */
  public Instant runningAt() {
    return runningAt;
  }

  public Instant endedAt() {
    return endedAt;
  }

  void running(Instant now) {
    runningAt = now;
  }

  void ended(Instant now) {
    endedAt = now;
  }
}
