package io.hanok.storage;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.VolumeSpec;
import java.util.Optional;
import java.util.OptionalLong;

/** Decides the next thing to do for a volume, from what is there and what should be. Pure. */
final class VolumePlan {
  private VolumePlan() {}

  /**
   * What is there.
   *
   * @param volume the volume in the pool that the document names
   * @param made whether it was there before, by our own record
   * @param otherPool another pool that holds the volume, if one does
   * @param baseBytes size of the base to clone from, empty if it is not there
   */
  record View(
      Optional<VolumePool.Found> volume,
      boolean made,
      Optional<String> otherPool,
      OptionalLong baseBytes) {}

  /** The next thing to do. */
  sealed interface Action {
    /** Nothing; this is the status. */
    record Settle(ResourceStatus.Volume status) implements Action {}

    /** Make it empty. */
    record Create() implements Action {}

    /** Make it from its image's base. */
    record Clone() implements Action {}

    /** Record that it is there, before anybody hears of it. */
    record Remember() implements Action {}

    /** Raise its size. */
    record Grow() implements Action {}

    /** Report the fault; the host is left as it is. */
    record Report(AgentFault fault) implements Action {}
  }

  /** The next thing to do for a volume that should be there. */
  static Action next(VolumeSpec spec, View view) {
    if (view.otherPool().isPresent()) {
      return report(
          AgentFault.Code.INVALID_SPEC,
          "the volume is in the pool %s and cannot move to %s"
              .formatted(view.otherPool().get(), spec.pool()));
    }
    if (view.volume().isPresent()) {
      return view.made() ? existing(spec, view.volume().get()) : new Action.Remember();
    }
    if (view.made()) {
      return report(
          AgentFault.Code.HOST_ERROR,
          "the data of %s are gone from the pool %s; put them back, or delete the volume"
              .formatted(spec.volumeId(), spec.pool()));
    }
    if (spec.sourceImage() == null) {
      return new Action.Create();
    }
    if (view.baseBytes().isEmpty()) {
      return report(
          AgentFault.Code.NOT_READY,
          "the image %s is not ready in the pool %s".formatted(spec.sourceImage(), spec.pool()));
    }
    if (view.baseBytes().getAsLong() > spec.sizeBytes()) {
      return report(
          AgentFault.Code.INVALID_SPEC,
          "the image %s needs %d bytes, the volume has %d"
              .formatted(spec.sourceImage(), view.baseBytes().getAsLong(), spec.sizeBytes()));
    }
    return new Action.Clone();
  }

  private static Action existing(VolumeSpec spec, VolumePool.Found volume) {
    if (volume.sizeBytes() > spec.sizeBytes()) {
      return report(
          AgentFault.Code.INVALID_SPEC,
          "the volume has %d bytes and cannot shrink to %d"
              .formatted(volume.sizeBytes(), spec.sizeBytes()));
    }
    return volume.sizeBytes() < spec.sizeBytes()
        ? new Action.Grow()
        : new Action.Settle(new ResourceStatus.Volume(volume.path(), volume.sizeBytes()));
  }

  private static Action report(AgentFault.Code code, String message) {
    return new Action.Report(new AgentFault(code, message));
  }
}
