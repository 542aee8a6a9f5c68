package io.hanok.storage;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.ResourceStatus;
import java.util.Optional;

/** Decides the next thing to do for an image, from what is there and what should be. Pure. */
final class ImagePlan {
  private static final int NEARLY = 99;

  private ImagePlan() {}

  /**
   * What is there.
   *
   * @param record what the catalogue knows
   * @param basePool the pool that holds the base, if one does
   * @param traces whether anything at all of the image is on the host
   * @param work how far its import is
   */
  record View(
      Optional<ImageRecord> record,
      Optional<String> basePool,
      boolean traces,
      ImageImports.Work work) {}

  /** The next thing to do. */
  sealed interface Action {
    /** Nothing; this is the status. */
    record Settle(ResourceStatus status) implements Action {}

    /** Begin to import. */
    record Import() implements Action {}

    /** The import runs; this is the status meanwhile. */
    record Await(ResourceStatus status) implements Action {}

    /** End the import or forget how it failed, then look again. */
    record EndImport() implements Action {}

    /** Remove everything of the image, then look again. */
    record Remove() implements Action {}

    /**
     * Report the fault.
     *
     * @param forget whether the next look begins anew
     */
    record Report(AgentFault fault, boolean forget) implements Action {}
  }

  /**
   * The next thing to do.
   *
   * @param spec what should be there, or null for nothing
   */
  static Action next(ImageSpec spec, long generation, View view) {
    if (spec == null) {
      return absent(view);
    }
    Optional<AgentFault> contradiction = contradiction(spec, view);
    if (contradiction.isPresent()) {
      return new Action.Report(contradiction.get(), false);
    }
    return switch (view.work()) {
      case ImageImports.Work.Running running when !running.spec().equals(spec) ->
          new Action.EndImport();
      case ImageImports.Work.Running running -> new Action.Await(status(view, running.percent()));
      case ImageImports.Work.Failed failed when failed.generation() != generation ->
          new Action.EndImport();
      case ImageImports.Work.Failed failed ->
          new Action.Report(failed.fault(), failed.fault().retried());
      case ImageImports.Work.None none when ready(view) -> new Action.Settle(readyStatus(view));
      case ImageImports.Work.None none -> new Action.Import();
    };
  }

  private static Action absent(View view) {
    return switch (view.work()) {
      case ImageImports.Work.Running running -> new Action.EndImport();
      case ImageImports.Work.Failed failed -> new Action.EndImport();
      case ImageImports.Work.None none when view.traces() -> new Action.Remove();
      case ImageImports.Work.None none -> new Action.Settle(new ResourceStatus.Absent());
    };
  }

  private static Optional<AgentFault> contradiction(ImageSpec spec, View view) {
    if (view.basePool().isPresent() && !view.basePool().get().equals(spec.pool())) {
      return invalid(
          "the image's base is in the pool %s and cannot move to %s"
              .formatted(view.basePool().get(), spec.pool()));
    }
    boolean otherContent =
        spec.sha256() != null
            && ready(view)
            && !view.record().orElseThrow().sha256().equals(spec.sha256());
    return otherContent
        ? invalid("an image's content does not change: register another image")
        : Optional.empty();
  }

  private static Optional<AgentFault> invalid(String message) {
    return Optional.of(new AgentFault(AgentFault.Code.INVALID_SPEC, message));
  }

  private static boolean ready(View view) {
    return view.record().isPresent() && view.basePool().isPresent();
  }

  private static ResourceStatus readyStatus(View view) {
    ImageRecord record = view.record().orElseThrow();
    return new ResourceStatus.Image(
        true, 100, record.sha256(), record.format(), record.sizeBytes());
  }

  /** The status of an image that is not ready. */
  static ResourceStatus status(View view, int percent) {
    int shown = Math.min(percent, NEARLY);
    return view.record()
        .map(r -> new ResourceStatus.Image(false, shown, r.sha256(), r.format(), r.sizeBytes()))
        .orElseGet(() -> new ResourceStatus.Image(false, shown, null, null, 0));
  }
}
