package io.hanok.control.volume;

import io.hanok.control.shared.Errors;
import java.util.Set;

/**
 * A volume to be made.
 *
 * @param sizeGib size in GiB, 1 to 16384
 * @param type gp2, gp3, io1, io2, st1, sc1 or standard; null is gp3
 * @param iops operations per second; null is the type's own
 * @param throughputMibps throughput in MiB/s; null is the type's own
 * @param sourceImageId the image whose base it is cloned from, or null
 * @param sourceSnapshotId the image's snapshot, shown to users, or null
 */
public record NewVolume(
    String accountId,
    String zone,
    String hostId,
    String pool,
    int sizeGib,
    String type,
    Integer iops,
    Integer throughputMibps,
    String sourceImageId,
    String sourceSnapshotId) {
  private static final int MOST_GIB = 16384;
  private static final Set<String> TYPES =
      Set.of("gp2", "gp3", "io1", "io2", "st1", "sc1", "standard");

  public NewVolume {
    if (sizeGib < 1 || sizeGib > MOST_GIB) {
      throw Errors.invalidValue(
          "volumeSize", sizeGib, "A volume has 1 to %d GiB.".formatted(MOST_GIB));
    }
    type = type == null ? "gp3" : type;
    if (!TYPES.contains(type)) {
      throw Errors.invalidValue("volumeType", type, "Expecting one of " + TYPES + ".");
    }
    if (type.equals("gp3")) {
      iops = iops == null ? 3000 : iops;
      throughputMibps = throughputMibps == null ? 125 : throughputMibps;
    }
    if (type.equals("gp2")) {
      iops = Math.clamp(3L * sizeGib, 100, 16000);
    }
    if ((type.equals("io1") || type.equals("io2")) && iops == null) {
      throw Errors.missing("iops");
    }
    if (iops != null && iops < 100) {
      throw Errors.invalidValue("iops", iops, "Expecting at least 100.");
    }
  }

  /** The same in another pool of its host. */
  NewVolume inPool(String other) {
    return new NewVolume(
        accountId,
        zone,
        hostId,
        other,
        sizeGib,
        type,
        iops,
        throughputMibps,
        sourceImageId,
        sourceSnapshotId);
  }
}
