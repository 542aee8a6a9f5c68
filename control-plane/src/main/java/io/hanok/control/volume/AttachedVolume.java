package io.hanok.control.volume;

import io.hanok.agent.api.ResourceStatus;
import io.hanok.control.agentclient.DocumentView;
import java.util.Optional;

/**
 * A volume with its attachment and what its host last saw of it.
 *
 * @param document the volume's document, or null if none was ever written
 */
public record AttachedVolume(Volume volume, VolumeAttachment attachment, DocumentView document) {
  /** Where the volume can be attached, once its host has it as wanted. */
  public Optional<String> path() {
    return document == null || document.spec() == null || !document.settled()
        ? Optional.empty()
        : document.status(ResourceStatus.Volume.class).map(ResourceStatus.Volume::path);
  }
}
