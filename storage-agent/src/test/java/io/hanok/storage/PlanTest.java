package io.hanok.storage;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.VolumeSpec;
import io.hanok.agent.api.id.ImageId;
import io.hanok.agent.api.id.VolumeId;
import io.hanok.storage.ImageImports.Work;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Each row of the two tables of decisions. */
class PlanTest {
  private static final VolumeId VOLUME = new VolumeId("vol-00000000000000001");
  private static final ImageId IMAGE = new ImageId("ami-00000000000000001");
  private static final String DIGEST = "a".repeat(64);
  private static final ImageSpec SPEC = new ImageSpec(IMAGE, "default", "file:/i", null);
  private static final ImageRecord RECORD = new ImageRecord(IMAGE, "default", DIGEST, "raw", 512);
  private static final Work NONE = new Work.None();

  @Test
  void aVolumeWithoutAnImageIsMadeEmpty() {
    assertThat(volume(spec(100, null), volumeView(-1, -1)))
        .isInstanceOf(VolumePlan.Action.Create.class);
  }

  @Test
  void aVolumeOfAnImageWaitsForItsBaseAndMustHoldIt() {
    assertThat(code(volume(spec(100, IMAGE), volumeView(-1, -1))))
        .isEqualTo(AgentFault.Code.NOT_READY);
    assertThat(code(volume(spec(100, IMAGE), volumeView(-1, 101))))
        .isEqualTo(AgentFault.Code.INVALID_SPEC);
    assertThat(volume(spec(100, IMAGE), volumeView(-1, 100)))
        .isInstanceOf(VolumePlan.Action.Clone.class);
  }

  @Test
  void aVolumeThatIsThereOnlyGrows() {
    assertThat(volume(spec(100, IMAGE), volumeView(99, -1)))
        .isInstanceOf(VolumePlan.Action.Grow.class);
    assertThat(volume(spec(100, IMAGE), volumeView(100, 500)))
        .isEqualTo(new VolumePlan.Action.Settle(new ResourceStatus.Volume("/p", 100)));
    assertThat(code(volume(spec(100, null), volumeView(101, -1))))
        .isEqualTo(AgentFault.Code.INVALID_SPEC);
  }

  @Test
  void aVolumeIsRememberedBeforeItIsReportedAndNeverMadeTwice() {
    VolumePlan.View there = volumeView(100, -1);
    assertThat(
            volume(
                spec(100, null),
                new VolumePlan.View(there.volume(), false, there.otherPool(), there.baseBytes())))
        .isInstanceOf(VolumePlan.Action.Remember.class);
    VolumePlan.View gone =
        new VolumePlan.View(Optional.empty(), true, Optional.empty(), OptionalLong.of(50));
    assertThat(code(volume(spec(100, null), gone))).isEqualTo(AgentFault.Code.HOST_ERROR);
    assertThat(code(volume(spec(100, IMAGE), gone))).isEqualTo(AgentFault.Code.HOST_ERROR);
  }

  @Test
  void aVolumeInAnotherPoolIsNotMadeTwice() {
    VolumePlan.View view =
        new VolumePlan.View(Optional.empty(), false, Optional.of("other"), OptionalLong.empty());
    assertThat(code(volume(spec(100, null), view))).isEqualTo(AgentFault.Code.INVALID_SPEC);
  }

  @Test
  void anImageIsImportedUntilItsBaseIsThere() {
    assertThat(image(SPEC, imageView(null, null, NONE)))
        .isInstanceOf(ImagePlan.Action.Import.class);
    assertThat(image(SPEC, imageView(RECORD, null, NONE)))
        .isInstanceOf(ImagePlan.Action.Import.class);
    assertThat(image(SPEC, imageView(null, "default", NONE)))
        .as("a base of unknown origin")
        .isInstanceOf(ImagePlan.Action.Import.class);
    assertThat(image(SPEC, imageView(RECORD, "default", NONE)))
        .isEqualTo(
            new ImagePlan.Action.Settle(new ResourceStatus.Image(true, 100, DIGEST, "raw", 512)));
  }

  @Test
  void aRunningImportIsAwaitedUnlessTheDocumentChanged() {
    assertThat(image(SPEC, imageView(null, null, new Work.Running(SPEC, 40))))
        .isEqualTo(new ImagePlan.Action.Await(new ResourceStatus.Image(false, 40, null, null, 0)));
    assertThat(image(SPEC, imageView(RECORD, null, new Work.Running(SPEC, 100))))
        .as("ready is only what was seen to be")
        .isEqualTo(
            new ImagePlan.Action.Await(new ResourceStatus.Image(false, 99, DIGEST, "raw", 512)));
    ImageSpec other = new ImageSpec(IMAGE, "default", "file:/other", null);
    assertThat(image(SPEC, imageView(null, null, new Work.Running(other, 40))))
        .isInstanceOf(ImagePlan.Action.EndImport.class);
  }

  @Test
  void aFailureIsReportedAndTriedAgainOnlyIfThatCanHelp() {
    AgentFault full = new AgentFault(AgentFault.Code.NO_CAPACITY, "full");
    AgentFault torn = new AgentFault(AgentFault.Code.SOURCE_UNUSABLE, "torn");
    assertThat(image(SPEC, imageView(null, null, new Work.Failed(5, full))))
        .isEqualTo(new ImagePlan.Action.Report(full, true));
    assertThat(image(SPEC, imageView(null, null, new Work.Failed(5, torn))))
        .isEqualTo(new ImagePlan.Action.Report(torn, false));
    assertThat(image(SPEC, imageView(null, null, new Work.Failed(4, torn))))
        .as("a new generation is a new attempt")
        .isInstanceOf(ImagePlan.Action.EndImport.class);
  }

  @Test
  void anImageChangesNeitherItsContentNorItsPool() {
    ImageSpec other = new ImageSpec(IMAGE, "default", "file:/i", "b".repeat(64));
    assertThat(image(other, imageView(RECORD, "default", NONE)))
        .isInstanceOf(ImagePlan.Action.Report.class);
    assertThat(image(SPEC, imageView(RECORD, "elsewhere", NONE)))
        .isInstanceOf(ImagePlan.Action.Report.class);
  }

  @Test
  void anAbsentImageIsEndedThenRemovedThenAbsent() {
    assertThat(image(null, imageView(RECORD, "default", new Work.Running(SPEC, 1))))
        .isInstanceOf(ImagePlan.Action.EndImport.class);
    assertThat(image(null, imageView(RECORD, null, NONE)))
        .isInstanceOf(ImagePlan.Action.Remove.class);
    assertThat(image(null, imageView(null, null, NONE)))
        .isEqualTo(new ImagePlan.Action.Settle(new ResourceStatus.Absent()));
  }

  private static VolumeSpec spec(long size, ImageId image) {
    return new VolumeSpec(VOLUME, "default", size, image);
  }

  private static VolumePlan.View volumeView(long size, long base) {
    return new VolumePlan.View(
        size < 0
            ? Optional.empty()
            : Optional.of(
                new VolumePool.Found(PoolItem.volume(VOLUME), VolumePool.State.THERE, "/p", size)),
        size >= 0,
        Optional.empty(),
        base < 0 ? OptionalLong.empty() : OptionalLong.of(base));
  }

  private static VolumePlan.Action volume(VolumeSpec spec, VolumePlan.View view) {
    return VolumePlan.next(spec, view);
  }

  private static AgentFault.Code code(VolumePlan.Action action) {
    return ((VolumePlan.Action.Report) action).fault().code();
  }

  private static ImagePlan.View imageView(ImageRecord record, String basePool, Work work) {
    return new ImagePlan.View(
        Optional.ofNullable(record),
        Optional.ofNullable(basePool),
        record != null || basePool != null,
        work);
  }

  private static ImagePlan.Action image(ImageSpec spec, ImagePlan.View view) {
    return ImagePlan.next(spec, 5, view);
  }
}
