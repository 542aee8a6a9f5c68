package io.hanok.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.AgentFault;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The pool of shared files keeps the contract on a real XFS, and outlives crashes. */
class ReflinkPoolTest extends VolumePoolContract {
  private static final ReflinkCalls CALLS = new ReflinkCalls();
  private static LoopPool loop;

  private CrashingFiles files;
  private Instant now = Instant.parse("2030-01-01T00:00:00Z");
  private ReflinkPool pool;

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
  void open() {
    pool = reopen(Duration.ZERO, Optional.empty());
  }

  private ReflinkPool reopen(Duration trash, Optional<String> user) {
    files = new CrashingFiles(new DiskFiles(CALLS));
    InstantSource source = () -> now;
    Clock clock = source.withZone(ZoneOffset.UTC);
    return ReflinkPool.open(
        "default", loop.directory(), new ReflinkPool.Options(user, trash, 2), files, CALLS, clock);
  }

  @Override
  VolumePool pool() {
    return pool;
  }

  @Override
  void write(PoolItem item, long offset, byte[] bytes) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path(item), "rw")) {
      file.seek(offset);
      file.write(bytes);
    }
  }

  @Override
  byte[] read(PoolItem item, long offset, int length) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path(item), "r")) {
      byte[] result = new byte[length];
      file.seek(offset);
      file.readFully(result);
      return result;
    }
  }

  private String path(PoolItem item) {
    return pool.find(item).orElseThrow().path();
  }

  @Test
  void aCrashBehindAnyEffectLeavesAWholeThingOrNone() throws Exception {
    PoolItem base = base();
    PoolItem other = base();
    pool.fill(base, MIB, BLOCK, target -> put(target, 0, bytes(BLOCK, 3)));
    survivesCrashes(volume(), 2 * MIB, p -> p::create);
    survivesCrashes(volume(), 2 * MIB, p -> (item, size) -> p.clone(base, item, size));
    survivesCrashes(
        other,
        2 * MIB,
        p ->
            (item, size) -> {
              try {
                p.fill(item, size, 0, target -> put(target, 0, bytes(BLOCK, 3)));
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    assertThat(read(other, 0, BLOCK)).isEqualTo(bytes(BLOCK, 3));
  }

  private interface Making {
    void make(PoolItem item, long size);
  }

  private void survivesCrashes(
      PoolItem item, long size, java.util.function.Function<VolumePool, Making> making) {
    int crashes = 0;
    for (boolean crashed = true; crashed; crashes++) {
      pool = reopen(Duration.ZERO, Optional.of("nobody"));
      pool.remove(item);
      files.crashAfter(crashes);
      crashed = crashes(p -> making.apply(p).make(item, size));

      pool = reopen(Duration.ZERO, Optional.of("nobody"));
      pool.find(item).ifPresent(found -> assertThat(found.sizeBytes()).isEqualTo(size));
      making.apply(pool).make(item, size);
      assertThat(pool.list()).allMatch(found -> found.state() == VolumePool.State.THERE);
      int effects = files.effects();
      making.apply(pool).make(item, size);
      assertThat(files.effects()).as("the second time does nothing").isEqualTo(effects);
    }
    assertThat(crashes).as("there were effects to crash behind").isGreaterThan(2);
  }

  private boolean crashes(Consumer<VolumePool> call) {
    try {
      call.accept(pool);
      return false;
    } catch (SimCrash crash) {
      return true;
    }
  }

  @Test
  void aVolumeBelongsToTheGuestsUserAndToNobodyElse() throws Exception {
    pool = reopen(Duration.ZERO, Optional.of("nobody"));
    PoolItem volume = volume();
    PoolItem base = base();
    pool.create(volume, MIB);
    pool.create(base, MIB);
    Path file = Path.of(path(volume));
    assertThat(Files.getOwner(file).getName()).isEqualTo("nobody");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.getOwner(Path.of(path(base))).getName()).isEqualTo("root");
  }

  @Test
  void aRemovedVolumeMayWaitInTheTrash() throws Exception {
    pool = reopen(Duration.ofMinutes(10), Optional.empty());
    PoolItem volume = volume();
    pool.create(volume, MIB);
    write(volume, 0, bytes(BLOCK, 1));

    pool.remove(volume);
    pool.remove(volume);
    pool.sweep();
    assertThat(pool.find(volume)).isEmpty();
    assertThat(pool.list())
        .singleElement()
        .matches(f -> f.state() == VolumePool.State.TRASH && f.item().equals(volume));

    now = now.plus(Duration.ofMinutes(10));
    pool.sweep();
    assertThat(pool.list()).isEmpty();
  }

  @Test
  void aHoleThatTheGuestPunchedIsAChangeToZeroes() throws Exception {
    PoolItem volume = volume();
    pool.create(volume, MIB);
    write(volume, 0, bytes(16 * BLOCK, 1));
    PoolItem before = snapshot();
    pool.snapshot(volume, before);
    new io.hanok.agent.runtime.HostCommands(Duration.ofSeconds(10))
        .run("fallocate", "-p", "-o", "8192", "-l", "8192", path(volume));
    assertThat(pool.changedExtents(before, volume))
        .containsExactly(new Extent(2 * BLOCK, 2 * BLOCK, true));
  }

  @Test
  void foreignFilesAreNeitherListedNorTouched() throws Exception {
    Path foreign = Path.of(loop.directory().toString(), "volumes", "notes.txt");
    Files.writeString(foreign, "mine");
    assertThat(pool.list()).isEmpty();
    assertThat(foreign).exists();
    Files.delete(foreign);
  }

  @Test
  void anUnmountedOrUnfitDirectoryIsNotTakenForAnEmptyPool(@TempDir Path directory)
      throws IOException {
    assertThatThrownBy(() -> openAt(directory))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("mounted");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aPoolThatWentAwayIsNotTakenForAnEmptyOne() throws IOException {
    Path marker = loop.directory().resolve(ReflinkPool.MARKER);
    Files.delete(marker);
    try {
      refused(AgentFault.Code.HOST_ERROR, () -> pool.create(volume(), MIB));
      refused(AgentFault.Code.HOST_ERROR, () -> pool.remove(volume()));
    } finally {
      Files.createFile(marker);
    }
    assertThatThrownBy(() -> reopen(Duration.ZERO, Optional.of("no-such-user")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no-such-user");
  }

  @Test
  void roomIsThatOfTheFileSystem() {
    assertThat(pool.usage().totalBytes()).isBetween(300 * MIB, 400 * MIB);
    assertThat(pool.usage().freeBytes()).isBetween(MIB, pool.usage().totalBytes());
    refused(AgentFault.Code.INVALID_SPEC, () -> pool.create(volume(), 0));
  }

  private ReflinkPool openAt(Path directory) {
    return ReflinkPool.open(
        "default",
        directory,
        new ReflinkPool.Options(Optional.empty(), Duration.ZERO, 2),
        files,
        CALLS,
        Clock.systemUTC());
  }
}
