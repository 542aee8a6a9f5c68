package io.hanok.control.snapshot;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** A disk as it was at a moment; so far the disk of an imported image. */
@Entity
public class Snapshot {
  @Id private String id;
  private String accountId;
  private String description;
  private int volumeSizeGib;
  private String state;
  private int progressPercent;
  private String sourceVolumeId;
  private Instant createdAt;
  private Instant deletedAt;

  protected Snapshot() {}

  Snapshot(String id, String accountId, String description, Instant createdAt) {
    this.id = id;
    this.accountId = accountId;
    this.description = description;
    this.volumeSizeGib = 1;
    this.state = "pending";
    this.createdAt = createdAt;
  }

  public String id() {
    return id;
  }

  public String accountId() {
    return accountId;
  }

  public String description() {
    return description;
  }

  /** Size of the disk in GiB; 1 until the disk has been read. */
  public int volumeSizeGib() {
    return volumeSizeGib;
  }

  /** {@code pending}, {@code completed} or {@code error}. */
  public String state() {
    return state;
  }

  public int progressPercent() {
    return progressPercent;
  }

  /** The volume that it was taken of, or null: an image's disk. */
  public String sourceVolumeId() {
    return sourceVolumeId;
  }

  public Instant createdAt() {
    return createdAt;
  }

  /** When it was deleted, or null. */
  public Instant deletedAt() {
    return deletedAt;
  }
}
