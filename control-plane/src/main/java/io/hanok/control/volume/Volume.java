package io.hanok.control.volume;

import io.hanok.agent.api.VolumeSpec;
import io.hanok.agent.api.id.ImageId;
import io.hanok.agent.api.id.VolumeId;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** A block volume in a pool of one host. */
@Entity
public class Volume {
  private static final long GIB = 1L << 30;

  @Id private String id;
  private String accountId;
  private String zone;
  private String hostId;
  private String pool;
  private int sizeGib;
  private String type;
  private Integer iops;
  private Integer throughputMibps;
  private String sourceImageId;
  private String sourceSnapshotId;
  private Instant createdAt;
  private Instant deletedAt;
  private Instant destroyedAt;

  protected Volume() {}

  Volume(String id, NewVolume wanted, Instant createdAt) {
    this.id = id;
    this.accountId = wanted.accountId();
    this.zone = wanted.zone();
    this.hostId = wanted.hostId();
    this.pool = wanted.pool();
    this.sizeGib = wanted.sizeGib();
    this.type = wanted.type();
    this.iops = wanted.iops();
    this.throughputMibps = wanted.throughputMibps();
    this.sourceImageId = wanted.sourceImageId();
    this.sourceSnapshotId = wanted.sourceSnapshotId();
    this.createdAt = createdAt;
  }

  public String id() {
    return id;
  }

  public String accountId() {
    return accountId;
  }

  public String zone() {
    return zone;
  }

  public String hostId() {
    return hostId;
  }

  public String pool() {
    return pool;
  }

  /** Size in GiB. */
  public int sizeGib() {
    return sizeGib;
  }

  public String type() {
    return type;
  }

  /** Provisioned operations per second, or null where the type has none. */
  public Integer iops() {
    return iops;
  }

  /** Provisioned throughput in MiB/s, or null where the type has none. */
  public Integer throughputMibps() {
    return throughputMibps;
  }

  /** The image whose base it is cloned from, or null. */
  public String sourceImageId() {
    return sourceImageId;
  }

  /** The snapshot that it was made from, or null. */
  public String sourceSnapshotId() {
    return sourceSnapshotId;
  }

  public Instant createdAt() {
    return createdAt;
  }

  /** When the user's intent to delete it was recorded, or null. */
  public Instant deletedAt() {
    return deletedAt;
  }

  /** When its host had proved that nothing of it is left, or null. */
  public Instant destroyedAt() {
    return destroyedAt;
  }

  void deleteIntended(Instant at) {
    if (deletedAt == null) {
      deletedAt = at;
    }
  }

  void destroyed(Instant at) {
    destroyedAt = at;
  }

  /** What its host should have. */
  public VolumeSpec spec() {
    return new VolumeSpec(
        new VolumeId(id),
        pool,
        sizeGib * GIB,
        sourceImageId == null ? null : new ImageId(sourceImageId));
  }
}
