package io.hanok.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.HostCommands;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real images of each format come out as the disk they describe, and nothing else comes out. */
@Timeout(60)
class QemuImgTest {
  private static final int SIZE = 8 << 20;

  @TempDir Path home;
  private final HostCommands commands = new HostCommands(Duration.ofSeconds(30));
  private final QemuImg tools = new QemuImg(commands);
  private Path raw;

  @BeforeEach
  void makeADisk() throws IOException {
    boolean there = Files.isExecutable(Path.of("/usr/bin/qemu-img"));
    if (!there) {
      System.err.println("SKIPPED: no qemu-img on this machine, so no real image was tested");
    }
    Assumptions.assumeTrue(there, "qemu-img is missing");
    byte[] content = new byte[SIZE];
    Arrays.fill(content, 1 << 20, 2 << 20, (byte) 5);
    Arrays.fill(content, SIZE - 512, SIZE, (byte) 9);
    raw = Files.write(home.resolve("disk, with comma.img"), content);
  }

  @ParameterizedTest
  @CsvSource({
    "qcow2,''",
    "qcow2,compat=0.10",
    "qcow2,-c",
    "raw,''",
    "vmdk,''",
    "vmdk,subformat=streamOptimized"
  })
  void everyFormatComesOutAsItsDisk(String format, String option) throws Exception {
    Path image = home.resolve("image." + format);
    List<String> command =
        new ArrayList<>(List.of("qemu-img", "convert", "-f", "raw", "-O", format));
    if (option.equals("-c")) {
      command.add("-c");
    } else if (!option.isEmpty()) {
      command.addAll(List.of("-o", option));
    }
    command.addAll(List.of(raw.toString(), image.toString()));
    commands.run(command);

    assertThat(header(image)).isEqualTo(format);
    ImageTools.Content content = tools.inspect(image, format);
    assertThat(content.sizeBytes()).isEqualTo(SIZE);
    assertThat(content.dataBytes()).isBetween((1L << 20) + 512, 2L << 20);
    Path target = target(SIZE);
    List<Integer> progress = new ArrayList<>();
    tools.convert(image, format, target, progress::add);
    assertThat(Files.mismatch(raw, target)).isEqualTo(-1);
    assertThat(progress).isSorted().contains(100);
  }

  @Test
  void aBackingFileIsNeitherAcceptedNorFollowed() throws Exception {
    Path secret = Files.write(home.resolve("secret"), new byte[SIZE]);
    Path image = home.resolve("overlay.qcow2");
    commands.run(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-b",
        secret.toString(),
        "-F",
        "raw",
        image.toString());
    assertThatThrownBy(() -> header(image)).hasMessageContaining("backing file");
    unusable("backing file", image, "qcow2");

    Files.write(secret, new byte[] {42});
    Path target = target(SIZE);
    tools.convert(image, "qcow2", target, percent -> {});
    assertThat(Files.readAllBytes(target)).as("nothing was read from it").containsOnly(0);
  }

  @Test
  void aDataFileAndExtentsElsewhereAreRefused() throws Exception {
    Path image = home.resolve("outside.qcow2");
    commands.run(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "qcow2",
        "-o",
        "data_file=" + home.resolve("data.raw"),
        image.toString(),
        "8M");
    assertThatThrownBy(() -> header(image)).hasMessageContaining("another file");
    unusable("another file", image, "qcow2");

    Path flat = home.resolve("flat.vmdk");
    commands.run(
        "qemu-img",
        "create",
        "-q",
        "-f",
        "vmdk",
        "-o",
        "subformat=monolithicFlat",
        flat.toString(),
        "8M");
    assertThatThrownBy(() -> header(flat)).hasMessageContaining("too short");
    unusable("", flat, "vmdk");
  }

  @Test
  void aFewBytesThatDescribeAHugeDiskAreSeenThrough() {
    Path image = home.resolve("bomb.qcow2");
    commands.run("qemu-img", "create", "-q", "-f", "qcow2", image.toString(), "8T");
    ImageTools.Content content = tools.inspect(image, "qcow2");
    assertThat(content.sizeBytes()).isEqualTo(8L << 40);
    assertThat(content.dataBytes()).isLessThan(1 << 20);
  }

  @Test
  void aDamagedImageIsTheSourcesFault() throws Exception {
    Path image = home.resolve("damaged.qcow2");
    commands.run(
        "qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.toString(), image.toString());
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(8).putLong(Long.MAX_VALUE).flip(), 40);
    }
    unusable("qemu-img says", image, "qcow2");
    Path target = target(SIZE);
    assertThatThrownBy(() -> tools.convert(image, "qcow2", target, percent -> {}))
        .isInstanceOfSatisfying(
            AgentException.class,
            e -> assertThat(e.fault().code()).isEqualTo(AgentFault.Code.SOURCE_UNUSABLE));
  }

  @Test
  void aFullDiskIsToldFromADamagedImage() throws Exception {
    Path mount = Files.createDirectory(home.resolve("small"));
    commands.run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", mount.toString());
    try {
      Path target = mount.resolve("target");
      new DiskFiles(new ReflinkCalls()).createSparse(target, SIZE);
      assertThatThrownBy(() -> tools.convert(raw, "raw", target, percent -> {}))
          .isInstanceOfSatisfying(
              AgentException.class,
              e -> assertThat(e.fault().code()).isEqualTo(AgentFault.Code.NO_CAPACITY));
    } finally {
      commands.run("umount", mount.toString());
    }
  }

  /** Runs in a process of its own that is killed; prints the id of its qemu-img, which it stops. */
  static final class Importer {
    private Importer() {}

    public static void main(String[] arguments) throws Exception {
      Thread.ofPlatform()
          .start(
              () -> {
                try {
                  new QemuImg(new HostCommands(Duration.ofSeconds(30)))
                      .convert(Path.of(arguments[0]), "raw", Path.of(arguments[1]), p -> {});
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      long child = 0;
      while (child == 0) {
        child =
            ProcessHandle.current()
                .children()
                .filter(p -> p.info().command().orElse("").endsWith("/qemu-img"))
                .mapToLong(ProcessHandle::pid)
                .findFirst()
                .orElse(0);
      }
      new HostCommands(Duration.ofSeconds(10)).run("kill", "-STOP", Long.toString(child));
      System.out.println(child);
      Thread.sleep(Duration.ofMinutes(1));
    }
  }

  @Test
  void aConversionDiesWithTheAgent() throws Exception {
    Path big = home.resolve("big.img");
    byte[] block = new byte[1 << 20];
    Arrays.fill(block, (byte) 3);
    try (FileChannel channel =
        FileChannel.open(big, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      for (int i = 0; i < 384; i++) {
        channel.write(ByteBuffer.wrap(block));
      }
    }
    Process agent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Importer.class.getName(),
                big.toString(),
                target(Files.size(big)).toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    long child = Long.parseLong(agent.inputReader().readLine());
    assertThat(ProcessHandle.of(child)).as("was seen running").isPresent();

    agent.destroyForcibly().waitFor();

    while (ProcessHandle.of(child).filter(ProcessHandle::isAlive).isPresent()) {
      Thread.sleep(10);
    }
  }

  private void unusable(String why, Path image, String format) {
    assertThatThrownBy(() -> tools.inspect(image, format))
        .hasMessageContaining(why)
        .isInstanceOfSatisfying(
            AgentException.class,
            e -> assertThat(e.fault().code()).isEqualTo(AgentFault.Code.SOURCE_UNUSABLE));
  }

  private Path target(long size) throws IOException {
    Path target = home.resolve("target.raw");
    Files.deleteIfExists(target);
    new DiskFiles(new ReflinkCalls()).createSparse(target, size);
    return target;
  }

  private static String header(Path image) throws IOException {
    try (var in = Files.newInputStream(image)) {
      return SourceHeader.format(in.readNBytes(SourceHeader.BYTES), Files.size(image));
    }
  }
}
