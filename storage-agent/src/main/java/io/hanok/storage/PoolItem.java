package io.hanok.storage;

import io.hanok.agent.api.id.IdKind;
import io.hanok.agent.api.id.ImageId;
import io.hanok.agent.api.id.ResourceId;
import io.hanok.agent.api.id.SnapshotId;
import io.hanok.agent.api.id.VolumeId;
import java.util.Optional;

/**
 * Names one thing in a pool by its kind and the resource id that its name bears.
 *
 * @param kind what it is
 * @param id the id's text, such as {@code vol-0123456789abcdef0}
 */
public record PoolItem(Kind kind, String id) {
  /** The kinds of things in a pool. */
  public enum Kind {
    /** A guest's disk; written by guests. */
    VOLUME("volume", IdKind.VOLUME),
    /** The raw content of an image; never written once it is there. */
    BASE("base", IdKind.IMAGE),
    /** A volume as it was at one moment; never written. */
    SNAPSHOT("snapshot", IdKind.SNAPSHOT);

    private final String text;
    private final IdKind idKind;

    Kind(String text, IdKind idKind) {
      this.text = text;
      this.idKind = idKind;
    }

    /** The word used in inventories. */
    public String text() {
      return text;
    }
  }

  public PoolItem {
    kind.idKind.check(id);
  }

  /** A guest's disk. */
  public static PoolItem volume(VolumeId id) {
    return of(Kind.VOLUME, id);
  }

  /** The raw content of an image. */
  public static PoolItem base(ImageId id) {
    return of(Kind.BASE, id);
  }

  /** A volume as it was at one moment. */
  public static PoolItem snapshot(SnapshotId id) {
    return of(Kind.SNAPSHOT, id);
  }

  /** The item with the given id's text, or empty if the text is no id of that kind. */
  static Optional<PoolItem> parse(Kind kind, String id) {
    return kind.idKind.matches(id) ? Optional.of(new PoolItem(kind, id)) : Optional.empty();
  }

  private static PoolItem of(Kind kind, ResourceId id) {
    return new PoolItem(kind, id.value());
  }

  @Override
  public String toString() {
    return kind.text + " " + id;
  }
}
