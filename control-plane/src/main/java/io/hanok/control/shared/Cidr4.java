package io.hanok.control.shared;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IPv4 addresses, as numbers.
 *
 * @param first the range's own address, without host bits
 * @param prefix bits that are fixed, 0 to 32
 */
public record Cidr4(long first, int prefix) {
  private static final Pattern ADDRESS =
      Pattern.compile(
          "(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})\\.(0|[1-9]\\d{0,2})");
  private static final Pattern PREFIX = Pattern.compile("\\d|[12]\\d|3[0-2]");

  /** How many addresses a subnet loses: the first four and the last, as on EC2. */
  public static final int RESERVED = 5;

  public Cidr4 {
    if (prefix < 0 || prefix > 32 || (first & (sizeOf(prefix) - 1)) != 0) {
      throw new IllegalArgumentException("not a range: " + first + "/" + prefix);
    }
  }

  /** A range that the database holds. */
  public static Cidr4 of(String text) {
    int slash = text.indexOf('/');
    return new Cidr4(
        parseAddress(text.substring(0, slash)).orElseThrow(),
        Integer.parseInt(text.substring(slash + 1)));
  }

  /** A range that a caller wrote; bits behind the prefix are cleared. Empty if it is none. */
  public static Optional<Cidr4> parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0 || !PREFIX.matcher(text.substring(slash + 1)).matches()) {
      return Optional.empty();
    }
    int prefix = Integer.parseInt(text.substring(slash + 1));
    return parseAddress(text.substring(0, slash))
        .map(address -> new Cidr4(address & -sizeOf(prefix), prefix));
  }

  /** The number of an address in dotted form; empty if it is none. */
  public static Optional<Long> parseAddress(String text) {
    Matcher parts = ADDRESS.matcher(text);
    if (!parts.matches()) {
      return Optional.empty();
    }
    long address = 0;
    for (int i = 1; i <= 4; i++) {
      int part = Integer.parseInt(parts.group(i));
      if (part > 255) {
        return Optional.empty();
      }
      address = address << 8 | part;
    }
    return Optional.of(address);
  }

  /** The dotted form of an address. */
  public static String dotted(long address) {
    return "%d.%d.%d.%d"
        .formatted(address >> 24 & 255, address >> 16 & 255, address >> 8 & 255, address & 255);
  }

  /** How many addresses it has. */
  public long size() {
    return sizeOf(prefix);
  }

  public long last() {
    return first + size() - 1;
  }

  public boolean contains(long address) {
    return address >= first && address <= last();
  }

  public boolean overlaps(Cidr4 other) {
    return first <= other.last() && other.first <= last();
  }

  /** First address of a subnet that an interface may have. */
  public long firstUsable() {
    return first + RESERVED - 1;
  }

  /** Last address of a subnet that an interface may have. */
  public long lastUsable() {
    return last() - 1;
  }

  private static long sizeOf(int prefix) {
    return 1L << (32 - prefix);
  }

  @Override
  public String toString() {
    return dotted(first) + "/" + prefix;
  }
}
