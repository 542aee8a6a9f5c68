package io.hanok.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.runtime.HostCommands;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The script that makes a pool: repeated, cut off half-way, in the way of others' files. */
class ReflinkPoolScriptTest {
  private static final String BYTES = Long.toString(LoopPool.BYTES);

  @TempDir Path home;
  private final HostCommands commands = new HostCommands(Duration.ofMinutes(1));
  private Path image;
  private Path pool;

  @BeforeEach
  void start() {
    LoopPool.requireXfs();
    image = home.resolve("pool.img");
    pool = home.resolve("pool");
  }

  @AfterEach
  void destroyLeavesNothing() {
    run("destroy");
    run("destroy");
    assertThat(home).isEmptyDirectory();
    assertThat(loops()).isEmpty();
  }

  @Test
  void upTwiceChangesNothingAndDownKeepsTheData() throws Exception {
    assertThat(run("up", "--size", BYTES).output().strip()).isEqualTo(pool.toString());
    assertThat(pool.resolve(ReflinkPool.MARKER)).exists();
    Files.writeString(pool.resolve("kept"), "data");
    String loops = loops();
    assertThat(loops).hasLineCount(1);

    run("up", "--size", BYTES);
    run("up");
    assertThat(loops()).isEqualTo(loops);
    assertThat(run("status").output()).startsWith("up " + pool);

    run("down");
    run("down");
    assertThat(loops()).isEmpty();
    assertThat(pool).isEmptyDirectory();
    assertThat(run("status")).matches(r -> r.status() == 3 && r.output().startsWith("down"));

    run("up");
    assertThat(pool.resolve("kept")).hasContent("data");
  }

  @Test
  void theImageIsPreallocated() throws Exception {
    run("up", "--size", BYTES);
    String blocks = commands.run("stat", "-c", "%b", image.toString()).strip();
    assertThat(Long.parseLong(blocks) * 512).isGreaterThanOrEqualTo(LoopPool.BYTES);
  }

  @Test
  void whatACrashLeftHalfMadeIsContinued() throws Exception {
    Files.write(home.resolve("pool.img.part"), new byte[4096]);
    run("up", "--size", BYTES);
    assertThat(home.resolve("pool.img.part")).doesNotExist();

    run("down");
    commands.run("losetup", "--find", image.toString());
    run("up");
    assertThat(loops()).as("attached but not mounted").hasLineCount(1);

    Files.delete(pool.resolve(ReflinkPool.MARKER));
    run("up");
    assertThat(pool.resolve(ReflinkPool.MARKER)).exists();
  }

  @Test
  void aForeignOrDamagedImageIsNeverFormatted() throws Exception {
    run("up", "--size", BYTES);
    run("down");
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(4096), 0);
    }
    byte[] before = tail();
    assertThatThrownBy(() -> run("up")).hasMessageContaining("no pool of ours");
    assertThat(tail()).isEqualTo(before);

    Files.write(image, new byte[8 << 20]);
    commands.run("mkfs.ext4", "-q", image.toString());
    assertThatThrownBy(() -> run("up")).hasMessageContaining("no pool of ours");
    assertThat(commands.run("blkid", "-p", "-o", "value", "-s", "TYPE", image.toString()).strip())
        .isEqualTo("ext4");
  }

  @Test
  void anExistingFileSystemThatSharesDataIsUsedAndOthersAreRefused() throws Exception {
    Path other = Files.createDirectory(home.resolve("other"));
    assertThatThrownBy(
            () -> LoopPool.script("up", other.toString(), "--path", home.resolve("x").toString()))
        .hasMessageContaining("cannot share data");
    run("up", "--size", BYTES);
    Path inside = Files.createDirectory(pool.resolve("mine"));
    Files.writeString(inside.resolve("notes"), "mine");

    LoopPool.script("up", other.toString(), "--path", inside.toString());
    LoopPool.script("up", other.toString());
    assertThat(Files.readSymbolicLink(other.resolve("pool"))).isEqualTo(inside);
    assertThat(other.resolve("pool").resolve(ReflinkPool.MARKER)).exists();
    assertThat(LoopPool.script("status", other.toString()).output()).contains(inside.toString());

    LoopPool.script("down", other.toString());
    LoopPool.script("destroy", other.toString());
    assertThat(other).isEmptyDirectory();
    assertThat(inside.resolve("notes")).hasContent("mine");
    assertThat(inside.resolve(ReflinkPool.MARKER)).doesNotExist();
    Files.delete(other);
    Files.delete(home.resolve("x"));
  }

  @Test
  void whatCannotBeSaysWhy() {
    assertThatThrownBy(() -> run("up", "--size", "1000")).hasMessageContaining("too small");
    assertThatThrownBy(() -> run("up", "--size", "1T")).hasMessageContaining("not a number");
    assertThatThrownBy(() -> run("up", "--size", "900000000000000000"))
        .hasMessageContaining("left in");
    assertThat(run("status")).matches(r -> r.status() == 3 && r.output().equals("absent\n"));
  }

  @Test
  void aPoolInAMountNamespaceOfItsOwnGoesWithIt() {
    commands.run(
        "unshare", "-m", LoopPool.SCRIPT.toString(), "up", home.toString(), "--size", BYTES);
    assertThat(loops()).as("detached with the last mount").isEmpty();
    assertThat(run("status").status()).isEqualTo(3);
    run("up");
    assertThat(run("status").status()).isZero();
  }

  private HostCommands.Result run(String verb, String... options) {
    String[] arguments = new String[options.length + 2];
    arguments[0] = verb;
    arguments[1] = home.toString();
    System.arraycopy(options, 0, arguments, 2, options.length);
    return LoopPool.script(arguments);
  }

  private String loops() {
    return commands
        .attempt("losetup", "--noheadings", "-O", "NAME", "-j", image.toString())
        .output();
  }

  private byte[] tail() throws IOException {
    try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ)) {
      ByteBuffer buffer = ByteBuffer.allocate(1 << 20);
      channel.read(buffer, 4096);
      return buffer.array();
    }
  }
}
