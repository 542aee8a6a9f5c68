package io.hanok.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.id.IdKind;
import io.hanok.agent.api.id.ImageId;
import io.hanok.agent.api.id.SnapshotId;
import io.hanok.agent.api.id.VolumeId;
import io.hanok.agent.runtime.AgentException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What every pool promises; run on the simulation and on the real ones. */
abstract class VolumePoolContract {
  static final long MIB = 1L << 20;
  static final int BLOCK = 4096;

  private final Random random = new Random(7);

  abstract VolumePool pool();

  /** Writes as a guest does. */
  abstract void write(PoolItem item, long offset, byte[] bytes) throws IOException;

  /** Reads as a guest does. */
  abstract byte[] read(PoolItem item, long offset, int length) throws IOException;

  @AfterEach
  void emptyThePool() {
    pool().list().forEach(found -> pool().remove(found.item()));
    assertThat(pool().list()).as("nothing is left").isEmpty();
  }

  @Test
  void anEmptyVolumeHasItsSizeAndReadsAsZeroes() throws Exception {
    PoolItem volume = volume();
    assertThat(pool().find(volume)).isEmpty();

    pool().create(volume, 8 * MIB);

    assertThat(pool().find(volume).orElseThrow().sizeBytes()).isEqualTo(8 * MIB);
    assertThat(read(volume, 8 * MIB - 5000, 5000)).containsOnly(0);
    assertThat(pool().changedExtents(null, volume)).isEmpty();
  }

  @Test
  void aSizeNeedNotBeAWholeBlock() {
    PoolItem volume = volume();
    pool().create(volume, 5 * BLOCK + 512);
    assertThat(pool().find(volume).orElseThrow().sizeBytes()).isEqualTo(5 * BLOCK + 512);
  }

  @Test
  void makingWhatIsThereLeavesItAsItIs() throws Exception {
    PoolItem volume = volume();
    PoolItem other = volume();
    pool().create(volume, MIB);
    write(volume, 0, bytes(BLOCK, 1));
    pool().create(other, MIB);

    pool().create(volume, MIB);
    pool().clone(other, volume, 2 * MIB);
    pool().fill(volume, MIB, 0, target -> assertThat(target).as("never asked").isNull());

    assertThat(read(volume, 0, BLOCK)).isEqualTo(bytes(BLOCK, 1));
    assertThat(pool().find(volume).orElseThrow().sizeBytes()).isEqualTo(MIB);
  }

  @Test
  void aFilledBaseAppearsWhenItIsWholeAndNotBefore() throws Exception {
    PoolItem base = base();
    pool()
        .fill(
            base,
            4 * MIB,
            MIB,
            target -> {
              assertThat(pool().find(base)).isEmpty();
              put(target, MIB, bytes(BLOCK, 5));
            });
    assertThat(pool().find(base).orElseThrow().sizeBytes()).isEqualTo(4 * MIB);
    assertThat(read(base, MIB, BLOCK)).isEqualTo(bytes(BLOCK, 5));
    assertThat(pool().changedExtents(null, base)).containsExactly(new Extent(MIB, BLOCK, false));
  }

  @Test
  void aFillerThatFailsOrIsInterruptedLeavesNothing() {
    PoolItem base = base();
    assertThatThrownBy(
            () ->
                pool()
                    .fill(
                        base,
                        MIB,
                        0,
                        target -> {
                          throw new AgentException(AgentFault.Code.SOURCE_UNUSABLE, "torn");
                        }))
        .isInstanceOf(AgentException.class)
        .hasMessage("torn");
    assertThatThrownBy(
            () ->
                pool()
                    .fill(
                        base,
                        MIB,
                        0,
                        target -> {
                          throw new InterruptedException();
                        }))
        .isInstanceOf(InterruptedException.class);
    assertThat(pool().list()).isEmpty();
  }

  @Test
  void aCloneIsLargerThanItsBaseAndGoesItsOwnWay() throws Exception {
    PoolItem base = base();
    pool().fill(base, 4 * MIB, MIB, target -> put(target, 0, bytes(2 * BLOCK, 3)));
    PoolItem one = volume();
    PoolItem two = volume();

    pool().clone(base, one, 16 * MIB);
    pool().clone(base, two, 4 * MIB);
    write(one, BLOCK, bytes(BLOCK, 9));

    assertThat(pool().find(one).orElseThrow().sizeBytes()).isEqualTo(16 * MIB);
    assertThat(read(one, 0, BLOCK)).isEqualTo(bytes(BLOCK, 3));
    assertThat(read(one, BLOCK, BLOCK)).isEqualTo(bytes(BLOCK, 9));
    assertThat(read(one, 16 * MIB - BLOCK, BLOCK)).containsOnly(0);
    assertThat(read(two, 0, 2 * BLOCK)).isEqualTo(bytes(2 * BLOCK, 3));
    assertThat(read(base, 0, 2 * BLOCK)).isEqualTo(bytes(2 * BLOCK, 3));
  }

  @Test
  void aCloneOutlivesItsBase() throws Exception {
    PoolItem base = base();
    pool().fill(base, MIB, BLOCK, target -> put(target, 0, bytes(BLOCK, 3)));
    PoolItem volume = volume();
    pool().clone(base, volume, MIB);
    pool().remove(base);
    assertThat(read(volume, 0, BLOCK)).isEqualTo(bytes(BLOCK, 3));
  }

  @Test
  void aCloneOfNothingOrBelowItsSourceIsRefused() {
    PoolItem base = base();
    PoolItem volume = volume();
    refused(AgentFault.Code.NOT_READY, () -> pool().clone(base, volume, MIB));
    refused(AgentFault.Code.NOT_READY, () -> pool().snapshot(volume, snapshot()));
    pool().create(base, 2 * MIB);
    refused(AgentFault.Code.INVALID_SPEC, () -> pool().clone(base, volume, MIB));
    assertThat(pool().list()).hasSize(1);
  }

  @Test
  void aSnapshotTakenWhileTheGuestWritesIsOneMomentOfTheDisk() throws Exception {
    PoolItem volume = volume();
    pool().create(volume, 8 * MIB);
    long far = 6 * MIB;
    AtomicBoolean stop = new AtomicBoolean();
    AtomicReference<Exception> failure = new AtomicReference<>();
    // The guest numbers the front, then the far end: whenever power fails, the front is the same or
    // one ahead.
    Thread guest =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    for (long n = 1; !stop.get(); n++) {
                      write(volume, 0, number(n));
                      write(volume, far, number(n));
                    }
                  } catch (IOException | RuntimeException e) {
                    failure.set(e);
                  }
                });
    List<PoolItem> snapshots = new ArrayList<>();
    try {
      for (int i = 0; i < 20; i++) {
        PoolItem snapshot = snapshot();
        snapshots.add(snapshot);
        pool().snapshot(volume, snapshot);
        Thread.sleep(2);
      }
    } finally {
      stop.set(true);
      guest.join();
    }
    assertThat(failure.get()).isNull();
    TreeSet<Long> fronts = new TreeSet<>();
    for (PoolItem snapshot : snapshots) {
      long front = ByteBuffer.wrap(read(snapshot, 0, 8)).getLong();
      long end = ByteBuffer.wrap(read(snapshot, far, 8)).getLong();
      assertThat(front - end).as("front %d, end %d", front, end).isBetween(0L, 1L);
      fronts.add(front);
    }
    assertThat(fronts).as("the guest really wrote meanwhile").hasSizeGreaterThan(2);
  }

  @Test
  void changedExtentsAreExactlyWhatWasWritten() throws Exception {
    int blocks = 4096;
    PoolItem volume = volume();
    pool().create(volume, (long) blocks * BLOCK);
    for (int block = 0; block < blocks; block += 3) {
      write(volume, (long) block * BLOCK, bytes(2 * BLOCK - (block == blocks - 1 ? BLOCK : 0), 1));
    }
    PoolItem before = snapshot();
    pool().snapshot(volume, before);
    boolean[] written = new boolean[blocks];
    for (int i = 0; i < 300; i++) {
      int block = random.nextInt(blocks);
      write(volume, (long) block * BLOCK, bytes(BLOCK, 2 + random.nextInt(100)));
      written[block] = true;
    }
    PoolItem after = snapshot();
    pool().snapshot(volume, after);
    write(volume, 0, bytes(blocks, 77));

    boolean[] changed = new boolean[blocks];
    long last = -1;
    for (Extent extent : pool().changedExtents(before, after)) {
      assertThat(extent.offset()).as("in order, neighbours joined").isGreaterThan(last);
      assertThat(extent.zero()).isFalse();
      last = extent.end();
      Arrays.fill(
          changed,
          Math.toIntExact(extent.offset() / BLOCK),
          Math.toIntExact(extent.end() / BLOCK),
          true);
    }
    assertThat(changed).isEqualTo(written);
    assertThat(pool().changedExtents(before, before)).isEmpty();
  }

  @Test
  void everythingAllocatedIsChangedSinceNothing() throws Exception {
    PoolItem volume = volume();
    pool().create(volume, 4 * MIB);
    write(volume, 0, bytes(BLOCK, 1));
    write(volume, 2 * MIB, bytes(3 * BLOCK, 1));
    PoolItem snapshot = snapshot();
    pool().snapshot(volume, snapshot);
    assertThat(pool().changedExtents(null, snapshot))
        .containsExactly(new Extent(0, BLOCK, false), new Extent(2 * MIB, 3 * BLOCK, false));
  }

  @Test
  void growingKeepsDataAndShrinkingIsRefused() throws Exception {
    PoolItem volume = volume();
    pool().create(volume, MIB);
    write(volume, MIB - BLOCK, bytes(BLOCK, 4));

    pool().grow(volume, 3 * MIB);
    pool().grow(volume, 3 * MIB);

    assertThat(pool().find(volume).orElseThrow().sizeBytes()).isEqualTo(3 * MIB);
    assertThat(read(volume, MIB - BLOCK, BLOCK)).isEqualTo(bytes(BLOCK, 4));
    assertThat(read(volume, MIB, BLOCK)).containsOnly(0);
    write(volume, 3 * MIB - BLOCK, bytes(BLOCK, 6));

    refused(AgentFault.Code.INVALID_SPEC, () -> pool().grow(volume, 2 * MIB));
    assertThat(read(volume, 3 * MIB - BLOCK, BLOCK)).isEqualTo(bytes(BLOCK, 6));
    refused(AgentFault.Code.NOT_READY, () -> pool().grow(volume(), MIB));
  }

  @Test
  void removingTwiceIsRemovingOnce() throws Exception {
    PoolItem volume = volume();
    PoolItem snapshot = snapshot();
    pool().remove(volume);
    pool().create(volume, MIB);
    write(volume, 0, bytes(BLOCK, 1));
    pool().snapshot(volume, snapshot);

    pool().remove(volume);
    pool().remove(volume);

    assertThat(pool().find(volume)).isEmpty();
    assertThat(read(snapshot, 0, BLOCK)).isEqualTo(bytes(BLOCK, 1));
    pool().create(volume, MIB);
    assertThat(read(volume, 0, BLOCK)).as("nothing of the old one").containsOnly(0);
  }

  @Test
  void theListNamesEverythingByItsId() {
    PoolItem volume = volume();
    PoolItem base = base();
    PoolItem snapshot = snapshot();
    pool().create(volume, MIB);
    pool().create(base, MIB);
    pool().snapshot(volume, snapshot);
    assertThat(pool().list())
        .allMatch(found -> found.state() == VolumePool.State.THERE && found.sizeBytes() == MIB)
        .extracting(VolumePool.Found::item)
        .containsExactlyInAnyOrder(volume, base, snapshot);
  }

  @Test
  void aFullPoolRefusesNewThingsAndKeepsNothingHalfMade() throws Exception {
    PoolItem base = base();
    PoolItem volume = volume();
    pool().fill(base, MIB, BLOCK, target -> put(target, 0, bytes(BLOCK, 8)));
    pool().create(volume, MIB);
    long free = pool().usage().freeBytes();

    refused(
        AgentFault.Code.NO_CAPACITY,
        () -> pool().fill(base(), 2 * free, free + BLOCK, target -> {}));
    refused(
        AgentFault.Code.NO_CAPACITY,
        () -> pool().fill(base(), 2 * free, 0, target -> flood(target, 2 * free)));
    assertThat(pool().list()).hasSize(2);

    PoolItem ballast = volume();
    pool().create(ballast, 2 * free);
    assertThatThrownBy(() -> floodVolume(ballast, 2 * free)).isNotNull();
    refused(AgentFault.Code.NO_CAPACITY, () -> pool().create(volume(), MIB));
    refused(AgentFault.Code.NO_CAPACITY, () -> pool().clone(base, volume(), MIB));
    refused(AgentFault.Code.NO_CAPACITY, () -> pool().snapshot(volume, snapshot()));
    assertThat(pool().list()).hasSize(3);
    assertThat(read(base, 0, BLOCK)).isEqualTo(bytes(BLOCK, 8));

    pool().remove(ballast);
    pool().clone(base, volume(), MIB);
  }

  private void floodVolume(PoolItem item, long length) throws IOException {
    byte[] data = bytes((int) MIB, 1);
    for (long offset = 0; offset + MIB <= length; offset += MIB) {
      write(item, offset, data);
    }
  }

  /** Writes until the disk is full, as a conversion would, and says so as it would. */
  private static void flood(java.nio.file.Path target, long length) {
    try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
      byte[] data = bytes((int) MIB, 1);
      for (long offset = 0; offset + MIB <= length; offset += MIB) {
        channel.write(ByteBuffer.wrap(data), offset);
      }
      channel.force(true);
    } catch (IOException e) {
      throw HostFailures.of("cannot write", e);
    }
  }

  static void put(java.nio.file.Path target, long offset, byte[] bytes) {
    try (FileChannel channel = FileChannel.open(target, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes), offset);
    } catch (IOException e) {
      throw HostFailures.of("cannot write", e);
    }
  }

  static void refused(AgentFault.Code code, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.fault().code()).isEqualTo(code));
  }

  static byte[] bytes(int count, int value) {
    byte[] result = new byte[count];
    Arrays.fill(result, (byte) value);
    return result;
  }

  private static byte[] number(long n) {
    return ByteBuffer.allocate(8).putLong(n).array();
  }

  PoolItem volume() {
    return PoolItem.volume(IdKind.VOLUME.draw(random, VolumeId::new));
  }

  PoolItem base() {
    return PoolItem.base(IdKind.IMAGE.draw(random, ImageId::new));
  }

  PoolItem snapshot() {
    return PoolItem.snapshot(IdKind.SNAPSHOT.draw(random, SnapshotId::new));
  }
}
