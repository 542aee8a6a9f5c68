package io.hanok.storage;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.runtime.AgentException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A pool in memory that shares blocks between items as a real one does, and that can fail, lag and
 * crash on order.
 *
 * <p>A disk is a sorted map from offsets to blocks of {@value #BLOCK} bytes that are never changed:
 * a clone copies the map, a write replaces a block, and what differs between two disks is what is
 * not the same object. Thread-safe.
 */
public final class SimVolumePool implements VolumePool {
  /** Granularity in bytes. */
  public static final int BLOCK = 4096;

  private final String name;
  private final long capacityBytes;
  private final Path scratch;
  private final Map<String, Disk> disks = new TreeMap<>();
  private final List<AgentException> failures = new ArrayList<>();
  private Duration lag = Duration.ZERO;
  private int effects;
  private int crashAfter = -1;

  private record Disk(PoolItem item, State state, long size, TreeMap<Long, byte[]> blocks) {}

  /**
   * Makes an empty pool.
   *
   * @param capacityBytes how much its blocks may occupy together
   * @param scratch directory for files that fillers write
   */
  public SimVolumePool(String name, long capacityBytes, Path scratch) {
    this.name = name;
    this.capacityBytes = capacityBytes;
    this.scratch = scratch;
  }

  /** Lets the next call that would change something fail; several orders are used in turn. */
  public synchronized void failNext(AgentFault.Code code) {
    failures.add(new AgentException(code, "ordered failure"));
  }

  /** Lets every call that changes something take that long. */
  public synchronized void lag(Duration duration) {
    lag = duration;
  }

  /** Lets the process die behind the effect with that number, counted from 0 and from now. */
  public synchronized void crashAfter(int effect) {
    crashAfter = effects + effect;
  }

  /** How many effects there were. */
  public synchronized int effects() {
    return effects;
  }

  /** Writes as a guest does. */
  public synchronized void write(PoolItem item, long offset, byte[] bytes) {
    Disk disk = require(item);
    if (offset + bytes.length > disk.size) {
      throw new IllegalArgumentException("behind the end of " + item);
    }
    for (int done = 0; done < bytes.length; ) {
      long block = (offset + done) / BLOCK * BLOCK;
      int within = (int) (offset + done - block);
      int count = Math.min(BLOCK - within, bytes.length - done);
      byte[] old = disk.blocks.get(block);
      if (usage().freeBytes() < BLOCK) {
        throw full(item);
      }
      byte[] now = old == null ? new byte[BLOCK] : old.clone();
      System.arraycopy(bytes, done, now, within, count);
      disk.blocks.put(block, now);
      done += count;
    }
  }

  /** Reads as a guest does. */
  public synchronized byte[] read(PoolItem item, long offset, int length) {
    Disk disk = require(item);
    byte[] result = new byte[length];
    for (int done = 0; done < length; ) {
      long block = (offset + done) / BLOCK * BLOCK;
      int within = (int) (offset + done - block);
      int count = Math.min(BLOCK - within, length - done);
      byte[] bytes = disk.blocks.get(block);
      if (bytes != null) {
        System.arraycopy(bytes, within, result, done, count);
      }
      done += count;
    }
    return result;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "sim";
  }

  @Override
  public synchronized Optional<Found> find(PoolItem item) {
    return Optional.ofNullable(disks.get(path(item))).map(this::found);
  }

  @Override
  public synchronized boolean unfinished(PoolItem item) {
    return disks.containsKey(path(item) + ".part");
  }

  @Override
  public synchronized void create(PoolItem item, long sizeBytes) {
    make(item, sizeBytes, new TreeMap<>());
  }

  @Override
  public synchronized void clone(PoolItem source, PoolItem target, long sizeBytes) {
    Disk from = require(source);
    if (sizeBytes < from.size) {
      throw new AgentException(
          AgentFault.Code.INVALID_SPEC,
          "%s cannot be smaller than its source %s".formatted(target, source));
    }
    make(target, sizeBytes, new TreeMap<>(from.blocks));
  }

  @Override
  public synchronized void snapshot(PoolItem volume, PoolItem snapshot) {
    clone(volume, snapshot, require(volume).size);
  }

  @Override
  public void fill(PoolItem item, long sizeBytes, long dataBytes, Filler filler)
      throws InterruptedException {
    if (find(item).isPresent()) {
      return;
    }
    if (dataBytes > usage().freeBytes()) {
      throw full(item);
    }
    try {
      Path file = Files.createTempFile(scratch, item.id(), ".raw");
      try {
        try (SeekableByteChannel channel =
            Files.newByteChannel(file, Set.of(java.nio.file.StandardOpenOption.WRITE))) {
          channel.position(sizeBytes - 1).write(ByteBuffer.allocate(1));
        }
        filler.fill(file);
        make(item, sizeBytes, load(file));
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw HostFailures.of("cannot fill " + item, e);
    }
  }

  private static TreeMap<Long, byte[]> load(Path file) throws IOException {
    TreeMap<Long, byte[]> blocks = new TreeMap<>();
    byte[] zeroes = new byte[BLOCK];
    try (var in = Files.newInputStream(file)) {
      long offset = 0;
      for (byte[] block = in.readNBytes(BLOCK); block.length > 0; block = in.readNBytes(BLOCK)) {
        byte[] whole = Arrays.copyOf(block, BLOCK);
        if (!Arrays.equals(whole, zeroes)) {
          blocks.put(offset, whole);
        }
        offset += BLOCK;
      }
    }
    return blocks;
  }

  @Override
  public synchronized List<Extent> changedExtents(PoolItem from, PoolItem to) {
    Map<Long, byte[]> old = from == null ? Map.of() : require(from).blocks;
    Disk now = require(to);
    TreeMap<Long, Boolean> zeroByOffset = new TreeMap<>();
    now.blocks.forEach(
        (offset, block) -> {
          if (old.get(offset) != block) {
            zeroByOffset.put(offset, false);
          }
        });
    old.keySet().stream()
        .filter(offset -> !now.blocks.containsKey(offset))
        .forEach(offset -> zeroByOffset.put(offset, true));
    List<Extent> result = new ArrayList<>();
    zeroByOffset.forEach(
        (offset, zero) -> {
          long length = Math.min(BLOCK, now.size - offset);
          Extent last = result.isEmpty() ? null : result.getLast();
          if (last != null && last.end() == offset && last.zero() == zero) {
            result.set(result.size() - 1, new Extent(last.offset(), last.length() + length, zero));
          } else {
            result.add(new Extent(offset, length, zero));
          }
        });
    return List.copyOf(result);
  }

  @Override
  public synchronized void grow(PoolItem item, long sizeBytes) {
    Disk disk = require(item);
    if (sizeBytes < disk.size) {
      throw new AgentException(AgentFault.Code.INVALID_SPEC, item + " cannot shrink");
    }
    if (sizeBytes > disk.size) {
      refuseIfOrdered();
      disks.put(path(item), new Disk(item, State.THERE, sizeBytes, disk.blocks));
      effect("grown " + item);
    }
  }

  @Override
  public synchronized void remove(PoolItem item) {
    for (String path : List.of(path(item) + ".part", path(item))) {
      if (disks.containsKey(path)) {
        refuseIfOrdered();
        disks.remove(path);
        effect("removed " + path);
      }
    }
  }

  @Override
  public synchronized List<Found> list() {
    return disks.values().stream().map(this::found).toList();
  }

  @Override
  public synchronized Usage usage() {
    Set<byte[]> blocks = Collections.newSetFromMap(new IdentityHashMap<>());
    disks.values().forEach(disk -> blocks.addAll(disk.blocks.values()));
    return new Usage(capacityBytes, capacityBytes - (long) blocks.size() * BLOCK);
  }

  private void make(PoolItem item, long sizeBytes, TreeMap<Long, byte[]> blocks) {
    synchronized (this) {
      if (sizeBytes < 1) {
        throw new AgentException(AgentFault.Code.INVALID_SPEC, item + " without a size");
      }
      if (disks.containsKey(path(item))) {
        return;
      }
      refuseIfOrdered();
      String part = path(item) + ".part";
      disks.put(part, new Disk(item, State.PART, sizeBytes, blocks));
      if (usage().freeBytes() < BLOCK) {
        disks.remove(part);
        throw full(item);
      }
      effect("made " + part);
      disks.put(path(item), new Disk(item, State.THERE, sizeBytes, blocks));
      disks.remove(part);
      effect("published " + item);
    }
  }

  private void refuseIfOrdered() {
    if (!lag.isZero()) {
      try {
        Thread.sleep(lag);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    if (!failures.isEmpty()) {
      throw failures.removeFirst();
    }
  }

  private void effect(String what) {
    if (effects++ == crashAfter) {
      throw new SimCrash(what);
    }
  }

  private Disk require(PoolItem item) {
    Disk disk = disks.get(path(item));
    if (disk == null) {
      throw new AgentException(
          AgentFault.Code.NOT_READY, "%s is not in the pool %s".formatted(item, name));
    }
    return disk;
  }

  private AgentException full(PoolItem item) {
    return new AgentException(
        AgentFault.Code.NO_CAPACITY, "the pool %s is full: %s".formatted(name, item));
  }

  private Found found(Disk disk) {
    String path = path(disk.item) + (disk.state == State.PART ? ".part" : "");
    return new Found(disk.item, disk.state, path, disk.size);
  }

  private String path(PoolItem item) {
    return "/%s/%s/%s.raw".formatted(name, item.kind().text(), item.id());
  }
}
