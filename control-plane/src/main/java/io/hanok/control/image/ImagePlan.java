package io.hanok.control.image;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.control.agentclient.DocumentView;
import java.util.Map;
import java.util.TreeMap;

/** Decides what the import or the end of an image needs next, from what its hosts report. */
final class ImagePlan {
  private static final long GIB = 1L << 30;

  private ImagePlan() {}

  /** What is to be done with an image. */
  sealed interface Step {
    /** Note how far the import is. */
    record Progress(int percent) implements Step {}

    /**
     * The import is done.
     *
     * @param image what the host read
     * @param sizeGib the disk's size, rounded up
     */
    record Complete(ResourceStatus.Image image, int sizeGib) implements Step {}

    /** The import cannot succeed. */
    record GiveUp(String reason) implements Step {}

    /** Nothing: it is where it should be. */
    record Leave() implements Step {}

    /** Something is still being made from it. */
    record WaitForUses() implements Step {}

    /** Take it off its hosts, forgetting those that have proved that it is gone. */
    record Remove() implements Step {}
  }

  /**
   * Decides.
   *
   * @param state the image's state
   * @param inUse whether an instance or a volume is being made from it
   * @param hosts its document on each host
   */
  static Step next(ImageState state, boolean inUse, Map<String, DocumentView> hosts) {
    return switch (state) {
      case AVAILABLE -> new Step.Leave();
      case PENDING -> importing(hosts);
      case FAILED -> new Step.Remove();
      case DEREGISTERED -> inUse ? new Step.WaitForUses() : new Step.Remove();
    };
  }

  private static Step importing(Map<String, DocumentView> hosts) {
    int percent = 0;
    String reason = null;
    for (DocumentView view : new TreeMap<>(hosts).values()) {
      var status = view.status(ResourceStatus.Image.class);
      if (view.settled() && status.filter(ResourceStatus.Image::ready).isPresent()) {
        return new Step.Complete(status.get(), gib(status.get().sizeBytes()));
      }
      percent = Math.max(percent, status.map(ResourceStatus.Image::progressPercent).orElse(0));
      var fault = view.fault().filter(f -> !f.retried());
      if (fault.isPresent()) {
        reason = fault.map(AgentFault::message).get();
      }
    }
    return reason != null ? new Step.GiveUp(reason) : new Step.Progress(percent);
  }

  private static int gib(long bytes) {
    return (int) Math.max(1, Math.ceilDiv(bytes, GIB));
  }
}
