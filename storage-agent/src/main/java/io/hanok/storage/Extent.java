package io.hanok.storage;

/**
 * A range of bytes of a disk that is allocated, or that differs between two states of it.
 *
 * @param offset first byte
 * @param length number of bytes; positive
 * @param zero whether the range reads as zeroes now and needs not be read
 */
public record Extent(long offset, long length, boolean zero) {
  public Extent {
    if (offset < 0 || length < 1) {
      throw new IllegalArgumentException("not a range: " + offset + "+" + length);
    }
  }

  /** First byte behind the range. */
  public long end() {
    return offset + length;
  }
}
