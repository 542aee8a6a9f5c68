package io.hanok.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * Finds what differs between two files that share data, by where their data lie: the same place on
 * disk under the same offset is the same content, because shared data are never written in place.
 *
 * <p>Pure. True as long as both files exist, as then neither one's blocks can be used anew. A
 * defragmenter would only add ranges, never hide one.
 */
final class ExtentDiff {
  private ExtentDiff() {}

  /**
   * The ranges of {@code to} that may differ from {@code from}, neighbours joined.
   *
   * @param from mappings of the earlier file; empty to get all that is allocated
   * @param size size of {@code to} in bytes, at which the last range ends at the latest
   */
  static List<Extent> between(
      List<ReflinkCalls.Mapping> from, List<ReflinkCalls.Mapping> to, long size) {
    TreeSet<Long> edges = new TreeSet<>();
    for (List<ReflinkCalls.Mapping> mappings : List.of(from, to)) {
      for (ReflinkCalls.Mapping mapping : mappings) {
        edges.add(Math.min(mapping.logical(), size));
        edges.add(Math.min(mapping.end(), size));
      }
    }
    List<Extent> result = new ArrayList<>();
    Cursor before = new Cursor(from);
    Cursor after = new Cursor(to);
    Long start = null;
    for (Long end : edges) {
      if (start != null) {
        ReflinkCalls.Mapping old = before.at(start);
        ReflinkCalls.Mapping now = after.at(start);
        if (!same(old, now, start)) {
          append(result, new Extent(start, end - start, now == null));
        }
      }
      start = end;
    }
    return List.copyOf(result);
  }

  private static boolean same(ReflinkCalls.Mapping old, ReflinkCalls.Mapping now, long at) {
    if (old == null || now == null) {
      return old == now;
    }
    return !old.opaque()
        && !now.opaque()
        && old.physical() + (at - old.logical()) == now.physical() + (at - now.logical());
  }

  private static void append(List<Extent> result, Extent next) {
    Extent last = result.isEmpty() ? null : result.getLast();
    if (last != null && last.end() == next.offset() && last.zero() == next.zero()) {
      result.set(
          result.size() - 1, new Extent(last.offset(), last.length() + next.length(), next.zero()));
    } else {
      result.add(next);
    }
  }

  /** Walks a sorted list of mappings forward. */
  private static final class Cursor {
    private final List<ReflinkCalls.Mapping> mappings;
    private int index;

    Cursor(List<ReflinkCalls.Mapping> mappings) {
      this.mappings = mappings;
    }

    ReflinkCalls.Mapping at(long offset) {
      while (index < mappings.size() && mappings.get(index).end() <= offset) {
        index++;
      }
      return index < mappings.size() && mappings.get(index).logical() <= offset
          ? mappings.get(index)
          : null;
    }
  }
}
