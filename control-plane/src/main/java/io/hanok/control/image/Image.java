package io.hanok.control.image;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import org.hibernate.annotations.DynamicUpdate;

/**
 * What instances are launched from.
 *
 * <p>Only changed columns are written: the owner's changes and the import's progress do not undo
 * each other.
 */
@Entity
@DynamicUpdate
public class Image {
  @Id private String id;
  private String accountId;
  private String name;
  private String description;
  private String source;
  private String sourceSha256;
  private String sourceFormat;
  private Long sizeBytes;
  private boolean available;
  private String failedReason;
  private int progressPercent;
  private boolean isPublic;
  private String rootDeviceName;
  private String snapshotId;
  private Instant deregisteredAt;
  private Instant createdAt;

  protected Image() {}

  Image(String id, String accountId, ImportImage command, String snapshotId, Instant createdAt) {
    this.id = id;
    this.accountId = accountId;
    this.name = command.name();
    this.description = command.description();
    this.source = command.source().toString();
    this.sourceSha256 = command.sha256();
    this.isPublic = command.isPublic();
    this.rootDeviceName = "/dev/xvda";
    this.snapshotId = snapshotId;
    this.createdAt = createdAt;
  }

  public String id() {
    return id;
  }

  /** The owner. */
  public String accountId() {
    return accountId;
  }

  public String name() {
    return name;
  }

  public String description() {
    return description;
  }

  /** URI from which it was imported. */
  public String source() {
    return source;
  }

  /** Digest of the source, as announced or as read; null until either. */
  public String sourceSha256() {
    return sourceSha256;
  }

  /** Format of the source, or null until read. */
  public String sourceFormat() {
    return sourceFormat;
  }

  /** Size of its disk in bytes, or null until read. */
  public Long sizeBytes() {
    return sizeBytes;
  }

  /** Why its import was given up, or null. */
  public String failedReason() {
    return failedReason;
  }

  public int progressPercent() {
    return progressPercent;
  }

  /** Whether every account may launch from it. */
  public boolean isPublic() {
    return isPublic;
  }

  public String rootDeviceName() {
    return rootDeviceName;
  }

  /** The snapshot that stands for its disk. */
  public String snapshotId() {
    return snapshotId;
  }

  public Instant createdAt() {
    return createdAt;
  }

  public ImageState state() {
    if (deregisteredAt != null) {
      return ImageState.DEREGISTERED;
    }
    if (failedReason != null) {
      return ImageState.FAILED;
    }
    return available ? ImageState.AVAILABLE : ImageState.PENDING;
  }

  void describeAs(String newDescription) {
    description = newDescription;
  }

  void share(boolean withEverybody) {
    isPublic = withEverybody;
  }

  void deregister(Instant now) {
    deregisteredAt = now;
  }
}
