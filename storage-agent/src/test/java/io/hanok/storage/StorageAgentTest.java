package io.hanok.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.VolumeSpec;
import io.hanok.agent.api.id.ImageId;
import io.hanok.agent.api.id.VolumeId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.AgentSettings;
import io.hanok.agent.runtime.Converger;
import io.hanok.agent.runtime.HostCommands;
import io.hanok.agent.runtime.Step;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Properties;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole agent over a real pool and real images. */
@Timeout(120)
class StorageAgentTest {
  private static final ImageId IMAGE = new ImageId("ami-00000000000000001");
  private static final VolumeId VOLUME = new VolumeId("vol-00000000000000001");
  private static final long MIB = 1L << 20;
  private static LoopPool loop;

  @TempDir Path home;
  private final HostCommands commands = new HostCommands(Duration.ofSeconds(30));
  private final WokenKeys wakeups = new WokenKeys();
  private StorageAgent agent;
  private Converger converger;

  @BeforeAll
  static void up() throws IOException {
    loop = LoopPool.up();
  }

  @AfterAll
  static void down() throws IOException {
    if (loop != null) {
      loop.close();
    }
  }

  @BeforeEach
  void start() {
    Properties settings = new Properties();
    settings.setProperty("state", home.resolve("state").toString());
    settings.setProperty("pools", "default=" + loop.directory());
    settings.setProperty("catalogue", home.resolve("catalogue").toString());
    settings.setProperty("guest-user", "nobody");
    settings.setProperty("image-max-bytes", Long.toString(1L << 30));
    agent = new StorageAgent(Clock.systemUTC());
    converger = agent.start(new AgentSettings(settings), wakeups);
  }

  @AfterEach
  void stop() throws Exception {
    settle(new DesiredDocument(DocumentKind.VOLUME, VOLUME.value(), 9, null));
    settle(new DesiredDocument(DocumentKind.IMAGE, IMAGE.value(), 9, null));
    assertThat(converger.inventory()).as("nothing is left").isEmpty();
    agent.stop();
  }

  @Test
  void aQcow2BecomesABaseAndTheBaseARootVolume() throws Exception {
    Path image = qcow2();
    ResourceStatus.Image ready = (ResourceStatus.Image) settle(image(image.toUri().toString()));
    assertThat(ready.format()).isEqualTo("qcow2");
    assertThat(ready.sizeBytes()).isEqualTo(8 * MIB);
    assertThat(ready.sha256())
        .isEqualTo(commands.run("sha256sum", image.toString()).substring(0, 64));
    assertThat(home.resolve("catalogue/sha256/" + ready.sha256() + ".qcow2")).exists();

    ResourceStatus.Volume volume = (ResourceStatus.Volume) settle(volume(32 * MIB));
    assertThat(volume.sizeBytes()).isEqualTo(32 * MIB);
    assertThat(Files.getOwner(Path.of(volume.path())).getName()).isEqualTo("nobody");
    try (RandomAccessFile disk = new RandomAccessFile(volume.path(), "r")) {
      byte[] content = new byte[(int) MIB];
      disk.seek(MIB);
      disk.readFully(content);
      assertThat(content).containsOnly(5);
      assertThat(disk.length()).isEqualTo(32 * MIB);
    }
    settle(volume(64 * MIB));
    assertThat(Files.size(Path.of(volume.path()))).isEqualTo(64 * MIB);

    assertThat(agent.name()).isEqualTo(AgentName.STORAGE);
    assertThat(converger.facts().pools())
        .singleElement()
        .matches(pool -> pool.kind().equals("reflink") && pool.totalBytes() > 300 * MIB);
    assertThat(converger.inventory())
        .extracting(HostObject::kind)
        .containsExactlyInAnyOrder("source", "image", "base", "volume");
  }

  @Test
  void aVolumeWhoseFileIsGoneIsReportedAndNotMadeAnew() throws Exception {
    settle(image(qcow2().toUri().toString()));
    Path file = Path.of(((ResourceStatus.Volume) settle(volume(32 * MIB))).path());
    Path elsewhere = Files.move(file, loop.directory().resolve("elsewhere"));
    agent.stop();
    start();

    fails(AgentFault.Code.HOST_ERROR, volume(32 * MIB));
    assertThat(file).doesNotExist();
    Files.move(elsewhere, file);
    settle(volume(32 * MIB));
  }

  @Test
  void aDiskThatIsTooLargeOrDoesNotFitIsRefused() throws Exception {
    Path bomb = home.resolve("bomb.qcow2");
    commands.run("qemu-img", "create", "-q", "-f", "qcow2", bomb.toString(), "2T");
    fails(AgentFault.Code.SOURCE_UNUSABLE, image(bomb.toUri().toString()));

    Path full = home.resolve("full.qcow2");
    commands.run(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        "preallocation=full",
        full.toString(),
        "500M");
    fails(
        AgentFault.Code.NO_CAPACITY,
        new DesiredDocument(
            DocumentKind.IMAGE,
            IMAGE.value(),
            2,
            new ImageSpec(IMAGE, "default", full.toUri().toString(), null)));
    fails(AgentFault.Code.NOT_READY, volume(32 * MIB));
    assertThat(converger.inventory())
        .extracting(HostObject::kind)
        .doesNotContain("base", "part", "volume");
  }

  @Test
  void settingsThatCannotBeSaySo() {
    assertThat(StorageAgent.pools("default=/a, fast=/b"))
        .isEqualTo(Map.of("default", Path.of("/a"), "fast", Path.of("/b")));
    for (String wrong : new String[] {"", "/a", "default=a", "default=/a,default=/b", "D=/a"}) {
      assertThatThrownBy(() -> StorageAgent.pools(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'pools'");
    }
  }

  private Path qcow2() throws IOException {
    byte[] content = new byte[(int) (8 * MIB)];
    Arrays.fill(content, (int) MIB, (int) (2 * MIB), (byte) 5);
    Path raw = Files.write(home.resolve("disk.raw"), content);
    Path image = home.resolve("disk.qcow2");
    commands.run(
        "qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", raw.toString(), image.toString());
    return image;
  }

  private static DesiredDocument image(String source) {
    return new DesiredDocument(
        DocumentKind.IMAGE, IMAGE.value(), 1, new ImageSpec(IMAGE, "default", source, null));
  }

  private static DesiredDocument volume(long size) {
    return new DesiredDocument(
        DocumentKind.VOLUME, VOLUME.value(), 1, new VolumeSpec(VOLUME, "default", size, IMAGE));
  }

  private void fails(AgentFault.Code code, DesiredDocument document) {
    assertThatThrownBy(() -> settle(document))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.fault().code()).isEqualTo(code));
  }

  private ResourceStatus settle(DesiredDocument document) throws InterruptedException {
    while (true) {
      if (converger.converge(document) instanceof Step.Settled settled) {
        return settled.status();
      }
      Thread.sleep(10);
    }
  }
}
