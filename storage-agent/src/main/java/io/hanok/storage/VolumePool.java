package io.hanok.storage;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Holds raw disks on one host: volumes, snapshots of them, and the bases of images.
 *
 * <p>Whatever makes an item leaves one that is already there as it is, so that every call may be
 * repeated; an item is either wholly there under its name or not at all, also after a crash and on
 * a full pool. When a call returns, its effect survives a power cut. All sizes are bytes.
 *
 * <p>All calls throw {@link io.hanok.agent.runtime.AgentException}: NO_CAPACITY if the pool is full
 * (nothing half-made is left), INVALID_SPEC for a size that cannot be, NOT_READY if the item to
 * copy is not there, HOST_ERROR otherwise.
 */
public interface VolumePool {
  /** The pool's name on its host. */
  String name();

  /** The mechanism, as in {@link io.hanok.agent.api.HostFacts.Pool}. */
  String kind();

  /** Looks for a finished item. */
  Optional<Found> find(PoolItem item);

  /** Whether an unfinished attempt to make an item was left behind. */
  boolean unfinished(PoolItem item);

  /** Makes an item that reads as zeroes and occupies (almost) nothing. */
  void create(PoolItem item, long sizeBytes);

  /**
   * Makes an item from another one, in constant time, sharing its data until one of them is
   * written.
   *
   * @param sizeBytes size of the new item; not below the source's, and zeroes behind it
   */
  void clone(PoolItem source, PoolItem target, long sizeBytes);

  /**
   * Keeps the state of a volume at this moment, in constant time, while guests may go on writing:
   * what a disk would hold if power failed now.
   */
  void snapshot(PoolItem volume, PoolItem snapshot);

  /**
   * Makes an item whose content somebody else writes.
   *
   * @param dataBytes how much of the size will be written at most; refused if the pool has less
   *     left
   * @param filler writes the content; the item appears when it returns, and not if it throws
   */
  void fill(PoolItem item, long sizeBytes, long dataBytes, Filler filler)
      throws InterruptedException;

  /**
   * The ranges of {@code to} that may differ from {@code from}, in order, out of the pool's own
   * persistent metadata and without reading data; for a volume that is being written, take a
   * snapshot first and compare that.
   *
   * @param from an earlier state of the same disk, or null for every range that is allocated
   */
  List<Extent> changedExtents(PoolItem from, PoolItem to);

  /** Raises an item's size; zeroes behind the old end. A lower size is refused. */
  void grow(PoolItem item, long sizeBytes);

  /** Removes an item and what unfinished attempts to make it left; nothing there is success. */
  void remove(PoolItem item);

  /** Everything of ours in the pool, unfinished and discarded things included, by path. */
  List<Found> list();

  /** The pool's room now. */
  Usage usage();

  /** Lets go of discarded items whose time has come. */
  default void sweep() {}

  /** Whether an item is finished, still being made, or discarded and waiting for its end. */
  enum State {
    THERE,
    PART,
    TRASH
  }

  /**
   * An item as it was found.
   *
   * @param path what to attach or read
   * @param sizeBytes size as a disk
   */
  record Found(PoolItem item, State state, String path, long sizeBytes) {}

  /**
   * Room in a pool.
   *
   * @param totalBytes capacity
   * @param freeBytes not occupied
   */
  record Usage(long totalBytes, long freeBytes) {}

  /** Writes the content of a new item. */
  @FunctionalInterface
  interface Filler {
    /**
     * Writes into a file or device that has its full size already and reads as zeroes; the size
     * must stay as it is.
     */
    void fill(Path target) throws InterruptedException;
  }
}
