package io.hanok.network.address;

import java.util.regex.Pattern;

/**
 * A hardware address in lower case with colons.
 *
 * @param text such as {@code 0a:00:00:00:00:05}
 */
public record MacAddress(String text) {
  private static final Pattern FORM = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){5}");

  public MacAddress {
    if (text == null || !FORM.matcher(text).matches()) {
      throw new IllegalArgumentException("not a hardware address: " + text);
    }
  }

  @Override
  public String toString() {
    return text;
  }
}
