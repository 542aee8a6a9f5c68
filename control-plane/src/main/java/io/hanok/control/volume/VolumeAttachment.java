package io.hanok.control.volume;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;

/** The one attachment of a volume: its row cannot be written twice. */
@Entity
public class VolumeAttachment {
  @Id private String volumeId;
  private String instanceId;
  private String device;
  private long epoch;
  private boolean deleteOnTermination;
  private Instant attachedAt;

  protected VolumeAttachment() {}

  VolumeAttachment(
      String volumeId,
      String instanceId,
      String device,
      boolean deleteOnTermination,
      Instant attachedAt) {
    this.volumeId = volumeId;
    this.instanceId = instanceId;
    this.device = device;
    this.epoch = 1;
    this.deleteOnTermination = deleteOnTermination;
    this.attachedAt = attachedAt;
  }

  public String volumeId() {
    return volumeId;
  }

  public String instanceId() {
    return instanceId;
  }

  /** The device name that the user gave, such as {@code /dev/xvda}. */
  public String device() {
    return device;
  }

  public boolean deleteOnTermination() {
    return deleteOnTermination;
  }

  public Instant attachedAt() {
    return attachedAt;
  }

  void changeDeleteOnTermination(boolean value) {
    deleteOnTermination = value;
  }
}
