package io.hanok.network.address;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A range of IPv4 addresses, {@code 10.0.0.0/16}; a single address is a range of 32 bits.
 *
 * <p>Everything that the control plane sends as text passes through here before it is printed into
 * a command, so nothing but an address can ever arrive in one.
 *
 * @param base first address, as a number
 * @param prefix number of leading bits that all addresses share, 0 to 32
 */
public record Ipv4Range(int base, int prefix) {
  private static final Pattern FORM =
      Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})(?:/(\\d{1,2}))?");

  public Ipv4Range {
    if (prefix < 0 || prefix > 32) {
      throw new IllegalArgumentException("a prefix has 0 to 32 bits: " + prefix);
    }
    base &= mask(prefix);
  }

  /**
   * Reads a range or an address; bits behind the prefix are ignored.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Ipv4Range parse(String text) {
    Matcher matcher = FORM.matcher(text == null ? "" : text);
    if (!matcher.matches()) {
      throw new IllegalArgumentException("not an IPv4 address or range: " + text);
    }
    int base = 0;
    for (int i = 1; i <= 4; i++) {
      int octet = Integer.parseInt(matcher.group(i));
      if (octet > 255) {
        throw new IllegalArgumentException("not an IPv4 address or range: " + text);
      }
      base = base << 8 | octet;
    }
    return new Ipv4Range(base, matcher.group(5) == null ? 32 : Integer.parseInt(matcher.group(5)));
  }

  /**
   * Returns an address in its canonical text.
   *
   * @throws IllegalArgumentException if the text is not a single address
   */
  public static String address(String text) {
    Ipv4Range range = parse(text);
    if (range.prefix != 32) {
      throw new IllegalArgumentException("not a single IPv4 address: " + text);
    }
    return range.at(0);
  }

  /** Whether a text is a single address. */
  public static boolean isAddress(String text) {
    try {
      return parse(text).prefix == 32;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** The text of an address given as a number. */
  public static String text(int address) {
    return "%d.%d.%d.%d"
        .formatted(address >>> 24, address >>> 16 & 0xff, address >>> 8 & 0xff, address & 0xff);
  }

  /** The address at a distance from the first one. */
  public String at(int offset) {
    return text(base + offset);
  }

  /** Whether an address lies in the range. */
  public boolean contains(String address) {
    return (parse(address).base & mask(prefix)) == base;
  }

  /** Whether the range has all addresses. */
  public boolean everything() {
    return prefix == 0;
  }

  /** The netmask in dotted form. */
  public String netmask() {
    return text(mask(prefix));
  }

  @Override
  public String toString() {
    return at(0) + "/" + prefix;
  }

  private static int mask(int prefix) {
    return prefix == 0 ? 0 : -1 << (32 - prefix);
  }
}
