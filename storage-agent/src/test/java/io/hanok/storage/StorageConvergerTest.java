package io.hanok.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.VolumeSpec;
import io.hanok.agent.api.id.ImageId;
import io.hanok.agent.api.id.VolumeId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.Step;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Volumes and images come to their documents, whatever happens on the way. */
@Timeout(60)
class StorageConvergerTest {
  private static final ImageId IMAGE = new ImageId("ami-00000000000000001");
  private static final ImageId TWIN = new ImageId("ami-00000000000000002");
  private static final VolumeId VOLUME = new VolumeId("vol-00000000000000001");
  private static final long MIB = SimHost.MIB;

  @TempDir Path home;
  private SimHost host;

  @BeforeEach
  void start() throws IOException {
    host = new SimHost(home.resolve("host"));
  }

  @Test
  void aRootVolumeIsItsImageGrownToTheSizeAskedFor() throws Exception {
    String source = host.source("disk.img", 7);
    ResourceStatus.Image image = (ResourceStatus.Image) host.settle(SimHost.image(IMAGE, source));
    assertThat(image.ready()).isTrue();
    assertThat(image.format()).isEqualTo("raw");
    assertThat(image.sizeBytes()).isEqualTo(MIB);
    assertThat(image.sha256()).hasSize(64);
    assertThat(host.wakeups.woken).containsExactly("image " + IMAGE, "volume *");

    assertThat(host.settle(SimHost.volume(VOLUME, 8 * MIB, IMAGE)))
        .isEqualTo(new ResourceStatus.Volume("/default/volume/" + VOLUME + ".raw", 8 * MIB));
    assertThat(host.pool.read(PoolItem.volume(VOLUME), 4096, 4096)).containsOnly(7);
  }

  @Test
  void aVolumeWaitsForItsImage() throws Exception {
    DesiredDocument volume = SimHost.volume(VOLUME, 8 * MIB, IMAGE);
    fails(AgentFault.Code.NOT_READY, volume);
    host.settle(SimHost.image(IMAGE, host.source("disk.img", 7)));
    host.settle(volume);
  }

  @Test
  void aVolumeGrowsAndNeverShrinks() throws Exception {
    host.settle(SimHost.volume(VOLUME, 2 * MIB, null));
    host.pool.write(PoolItem.volume(VOLUME), 0, new byte[] {1, 2, 3});
    host.settle(SimHost.volume(VOLUME, 4 * MIB, null));
    fails(AgentFault.Code.INVALID_SPEC, SimHost.volume(VOLUME, 2 * MIB, null));
    assertThat(host.pool.read(PoolItem.volume(VOLUME), 0, 3)).containsExactly(1, 2, 3);
    assertThat(host.pool.find(PoolItem.volume(VOLUME)).orElseThrow().sizeBytes())
        .isEqualTo(4 * MIB);
  }

  @Test
  void aLostVolumeIsAFaultUntilItIsDeletedAndNeverAnEmptyDisk() throws Exception {
    DesiredDocument volume = SimHost.volume(VOLUME, 2 * MIB, null);
    host.settle(volume);
    host.pool.remove(PoolItem.volume(VOLUME));
    host.restart(Runnable::run);

    fails(AgentFault.Code.HOST_ERROR, volume);
    fails(AgentFault.Code.HOST_ERROR, SimHost.volume(VOLUME, 4 * MIB, null));
    assertThat(host.pool.list()).isEmpty();

    host.settle(SimHost.absent(volume));
    host.settle(volume);
    assertThat(host.pool.list()).as("asked for anew, it is made anew").hasSize(1);
  }

  @Test
  void documentsThatContradictThemselvesAreRefused() throws Exception {
    fails(
        AgentFault.Code.INVALID_SPEC,
        SimHost.document(
            DocumentKind.VOLUME,
            "vol-00000000000000009",
            new VolumeSpec(VOLUME, "default", MIB, null)));
    fails(
        AgentFault.Code.INVALID_SPEC,
        SimHost.document(
            DocumentKind.VOLUME, VOLUME.value(), new VolumeSpec(VOLUME, "no-such", MIB, null)));
    fails(
        AgentFault.Code.INVALID_SPEC,
        SimHost.document(DocumentKind.VOLUME, "../../etc/passwd", null));
    fails(
        AgentFault.Code.INVALID_SPEC,
        SimHost.document(
            DocumentKind.IMAGE, IMAGE.value(), new ImageSpec(IMAGE, "default", "file:/x", "abc")));
    fails(
        AgentFault.Code.INVALID_SPEC,
        new DesiredDocument(DocumentKind.VM, "vm-00000000000000001", 1, null));
    assertThat(host.effects()).isZero();
  }

  @Test
  void absentIsReachedFromNothingToo() throws Exception {
    DesiredDocument volume = SimHost.volume(VOLUME, MIB, null);
    DesiredDocument image = SimHost.image(IMAGE, "file:/none");
    assertThat(host.settle(SimHost.absent(volume))).isEqualTo(new ResourceStatus.Absent());
    assertThat(host.settle(SimHost.absent(image))).isEqualTo(new ResourceStatus.Absent());
    assertThat(host.effects()).isZero();
  }

  @Test
  void aMissingSourceFailsOnceForItsDocumentAndAFullPoolIsTriedAgain() throws Exception {
    DesiredDocument missing = SimHost.image(IMAGE, "file:/no/such/file");
    assertThat(host.converger.converge(missing)).isInstanceOf(Step.Again.class);
    fails(AgentFault.Code.SOURCE_UNUSABLE, missing);
    fails(AgentFault.Code.SOURCE_UNUSABLE, missing);
    assertThat(host.wakeups.woken).as("begun once").containsExactly("image " + IMAGE);

    DesiredDocument good =
        new DesiredDocument(
            DocumentKind.IMAGE,
            IMAGE.value(),
            2,
            new ImageSpec(IMAGE, "default", host.source("disk.img", 7), null));
    host.tools.failNext(new AgentException(AgentFault.Code.NO_CAPACITY, "full"));
    host.converger.converge(good);
    fails(AgentFault.Code.NO_CAPACITY, good);
    host.settle(good);
    assertThat(host.tools.conversions()).isEqualTo(2);
  }

  @Test
  void anAnnouncedDigestMustBeTheSourcesOwn() throws Exception {
    String source = host.source("disk.img", 7);
    DesiredDocument wrong = announced("0".repeat(64), source, 1);
    host.converger.converge(wrong);
    assertThatThrownBy(() -> host.converger.converge(wrong)).hasMessageContaining("announced");
    assertThat(files()).isEmpty();

    ResourceStatus.Image image = (ResourceStatus.Image) host.settle(SimHost.image(TWIN, source));
    host.settle(announced(image.sha256(), "file:/not/even/there", 2));
    assertThat(files()).as("kept once for both, never fetched again").hasSize(3);
  }

  private DesiredDocument announced(String digest, String source, long generation) {
    return new DesiredDocument(
        DocumentKind.IMAGE,
        IMAGE.value(),
        generation,
        new ImageSpec(IMAGE, "default", source, digest));
  }

  @Test
  void aSourceGoesWithTheLastImageThatNeedsIt() throws Exception {
    String source = host.source("disk.img", 7);
    DesiredDocument one = SimHost.image(IMAGE, source);
    DesiredDocument two = SimHost.image(TWIN, source);
    host.settle(one);
    host.settle(two);
    assertThat(files()).filteredOn(f -> f.endsWith(".raw")).hasSize(1);
    host.settle(SimHost.absent(one));
    assertThat(files()).filteredOn(f -> f.endsWith(".raw")).hasSize(1);
    host.settle(SimHost.absent(two));
    assertThat(files()).isEmpty();
    assertThat(host.pool.list()).isEmpty();
  }

  @Test
  void convergenceIsNotHeldUpByAnImportAndAbsentEndsIt() throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    host.tools.waitFor(never);
    host.restart(job -> Thread.ofPlatform().start(job));
    DesiredDocument image = SimHost.image(IMAGE, host.source("disk.img", 7));

    Step.Again again = (Step.Again) host.converger.converge(image);
    assertThat(again.waitingFor()).contains("disk.img");
    for (int percent = 0; percent < 70; TimeUnit.MILLISECONDS.sleep(5)) {
      Step.Again meanwhile = (Step.Again) host.converger.converge(image);
      percent = ((ResourceStatus.Image) meanwhile.status()).progressPercent();
    }
    assertThat(host.tools.conversions()).isEqualTo(1);

    assertThat(host.settle(SimHost.absent(image))).isEqualTo(new ResourceStatus.Absent());
    assertThat(files()).isEmpty();
    assertThat(host.pool.list()).isEmpty();
  }

  @Test
  void theInventoryNamesEverythingByItsId() throws Exception {
    host.settle(SimHost.image(IMAGE, host.source("disk.img", 7)));
    host.settle(SimHost.volume(VOLUME, 2 * MIB, IMAGE));
    assertThat(host.converger.inventory())
        .extracting(HostObject::kind, HostObject::resourceId)
        .containsExactlyInAnyOrder(
            org.assertj.core.groups.Tuple.tuple("source", IMAGE.value()),
            org.assertj.core.groups.Tuple.tuple("image", IMAGE.value()),
            org.assertj.core.groups.Tuple.tuple("base", IMAGE.value()),
            org.assertj.core.groups.Tuple.tuple("volume", VOLUME.value()));
    assertThat(host.converger.facts().pools())
        .singleElement()
        .matches(pool -> pool.name().equals("default") && pool.freeBytes() < pool.totalBytes());
  }

  @Test
  void theAgentMayDieBehindEveryEffectOfMakingAndOfRemoving() throws Exception {
    int deaths = 0;
    int lives = 0;
    for (boolean ofFiles : List.of(true, false)) {
      for (boolean removing : List.of(false, true)) {
        int effect = 0;
        while (dies(home.resolve("life" + lives++), ofFiles, removing, effect++)) {
          deaths++;
        }
      }
    }
    assertThat(deaths)
        .as("record, source, mark; base, volume as part and whole; each gone")
        .isEqualTo(12);
  }

  /** One life with one death in it; false if the effect was never reached. */
  private boolean dies(Path where, boolean ofFiles, boolean removing, int effect) throws Exception {
    host = new SimHost(where);
    DesiredDocument image = SimHost.image(IMAGE, host.source("disk.img", 7));
    DesiredDocument volume = SimHost.volume(VOLUME, 2 * MIB, IMAGE);
    List<DesiredDocument> made = List.of(image, volume);
    List<DesiredDocument> removed = List.of(SimHost.absent(volume), SimHost.absent(image));
    if (removing) {
      settleAll(made);
    }
    if (ofFiles) {
      host.files.crashAfter(effect);
    } else {
      host.pool.crashAfter(effect);
    }
    boolean died = false;
    try {
      settleAll(removing ? removed : made);
    } catch (SimCrash crash) {
      died = true;
    }
    host.restart(Runnable::run);
    settleAll(removing ? removed : made);
    int effects = host.effects();
    settleAll(removing ? removed : made);
    assertThat(host.effects()).as("the second run does nothing").isEqualTo(effects);
    if (removing) {
      assertThat(host.converger.inventory()).isEmpty();
      assertThat(files()).isEmpty();
    } else {
      assertThat(host.converger.inventory()).hasSize(4);
      assertThat(host.pool.read(PoolItem.volume(VOLUME), 4096, 4096)).containsOnly(7);
    }
    return died;
  }

  private void settleAll(List<DesiredDocument> documents) throws InterruptedException {
    for (DesiredDocument document : documents) {
      host.settle(document);
    }
  }

  private void fails(AgentFault.Code code, DesiredDocument document) {
    assertThatThrownBy(() -> host.converger.converge(document))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.fault().code()).isEqualTo(code));
  }

  private List<String> files() throws IOException {
    List<String> result = new ArrayList<>();
    try (Stream<Path> stream = Files.walk(host.home.resolve("catalogue"))) {
      stream.filter(Files::isRegularFile).forEach(path -> result.add(path.toString()));
    }
    return result;
  }
}
