package io.hanok.control.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.id.ImageId;
import io.hanok.control.agentclient.DocumentView;
import io.hanok.control.image.ImagePlan.Step;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ImagePlanTest {
  private static final ImageSpec SPEC =
      new ImageSpec(new ImageId("ami-00000000000000001"), "default", "file:///x", null);
  private static final AgentFault MISSING =
      new AgentFault(AgentFault.Code.SOURCE_UNUSABLE, "no such file");
  private static final AgentFault FULL = new AgentFault(AgentFault.Code.NO_CAPACITY, "pool full");

  @Test
  void anImportGoesOnUntilItsHostIsDone() {
    assertThat(pending(unseen())).isEqualTo(new Step.Progress(0));
    assertThat(pending(seen(1, false, status(false, 40, 0), null)))
        .isEqualTo(new Step.Progress(40));
    assertThat(pending(seen(1, true, status(true, 100, 1L << 30), null)))
        .isEqualTo(new Step.Complete(status(true, 100, 1L << 30), 1));
  }

  @Test
  void aDisksSizeIsRoundedUpToWholeGibibytes() {
    assertThat(pending(seen(1, true, status(true, 100, (1L << 31) + 1), null)))
        .isEqualTo(new Step.Complete(status(true, 100, (1L << 31) + 1), 3));
    assertThat(pending(seen(1, true, status(true, 100, 512), null)))
        .isEqualTo(new Step.Complete(status(true, 100, 512), 1));
  }

  @Test
  void onlyAFaultThatNoRetryCuresGivesUp() {
    assertThat(pending(seen(1, false, null, MISSING))).isEqualTo(new Step.GiveUp("no such file"));
    assertThat(pending(seen(1, false, null, FULL))).isEqualTo(new Step.Progress(0));
    assertThat(pending(seen(0, false, null, MISSING)))
        .as("a fault of an older document")
        .isEqualTo(new Step.Progress(0));
    assertThat(pending(seen(0, true, status(true, 100, 512), null)))
        .as("a success of an older document")
        .isEqualTo(new Step.Progress(100));
  }

  @Test
  void oneHostThatIsDoneOutweighsAnotherThatFailed() {
    assertThat(
            ImagePlan.next(
                ImageState.PENDING,
                false,
                Map.of(
                    "host-a", seen(1, false, null, MISSING),
                    "host-b", seen(1, true, status(true, 100, 512), null))))
        .isInstanceOf(Step.Complete.class);
  }

  @Test
  void anImageLeavesItsHostsWhenItFailedOrNothingNeedsIt() {
    assertThat(next(ImageState.AVAILABLE, true)).isEqualTo(new Step.Leave());
    assertThat(next(ImageState.AVAILABLE, false)).isEqualTo(new Step.Leave());
    assertThat(next(ImageState.FAILED, false)).isEqualTo(new Step.Remove());
    assertThat(next(ImageState.DEREGISTERED, true)).isEqualTo(new Step.WaitForUses());
    assertThat(next(ImageState.DEREGISTERED, false)).isEqualTo(new Step.Remove());
  }

  private static Step next(ImageState state, boolean inUse) {
    return ImagePlan.next(state, inUse, Map.of("host-a", unseen()));
  }

  private static Step pending(DocumentView view) {
    return ImagePlan.next(ImageState.PENDING, false, Map.of("host-a", view));
  }

  private static DocumentView unseen() {
    return new DocumentView(1, SPEC, null);
  }

  private static DocumentView seen(
      long generation, boolean settled, ResourceStatus status, AgentFault fault) {
    return new DocumentView(1, SPEC, new DocumentView.Observed(generation, settled, status, fault));
  }

  private static ResourceStatus.Image status(boolean ready, int percent, long bytes) {
    return new ResourceStatus.Image(ready, percent, "ab".repeat(32), "qcow2", bytes);
  }
}
