package io.hanok.agent.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hanok.agent.api.id.ImageId;
import io.hanok.agent.api.id.VolumeId;

/**
 * One volume in a pool of the host.
 *
 * @param volumeId the volume; in the name of its file or logical volume
 * @param pool name of the pool
 * @param sizeBytes size in bytes; may only grow
 * @param sourceImage image whose base the volume is cloned from when it is first made, or null for
 *     an empty volume
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record VolumeSpec(VolumeId volumeId, String pool, long sizeBytes, ImageId sourceImage)
    implements DocumentSpec {
  public VolumeSpec {
    if (sizeBytes < 1) {
      throw new IllegalArgumentException("a volume's size is positive: " + sizeBytes);
    }
  }
}
