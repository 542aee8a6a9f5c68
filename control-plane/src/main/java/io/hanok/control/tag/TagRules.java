package io.hanok.control.tag;

import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What a tag may be.
 *
 * <p>Source: EC2 API reference, "Tag", and user guide, "Tag restrictions": at most 50 tags on a
 * resource, keys of 1 to 127 characters, values of up to 255, the prefix {@code aws:} reserved in
 * any case of letters.
 */
final class TagRules {
  static final int MOST_TAGS = 50;
  static final int LONGEST_KEY = 127;
  static final int LONGEST_VALUE = 255;

  private static final String RESERVED = "aws:";

  private TagRules() {}

  /**
   * Checks tags as a caller gave them and puts them in order.
   *
   * @throws CloudException InvalidParameterValue for a bad key or value, or a key given twice
   */
  static Map<String, String> checked(List<software.amazon.awssdk.services.ec2.model.Tag> given) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (var tag : given) {
      String key = tag.key() == null ? "" : tag.key();
      if (tags.put(key, tag.value() == null ? "" : tag.value()) != null) {
        throw new CloudException(
            ErrorCode.INVALID_PARAMETER_VALUE, "Duplicate tag key '%s' specified.".formatted(key));
      }
    }
    check(tags);
    return tags;
  }

  /**
   * Checks keys and values.
   *
   * @throws CloudException InvalidParameterValue for the first that is not allowed
   */
  static void check(Map<String, String> tags) {
    tags.forEach(
        (key, value) -> {
          checkKey(key);
          if (length(value) > LONGEST_VALUE) {
            throw Errors.invalidValue(
                "Tag.Value",
                value,
                "Tag value exceeds the maximum length of %d characters.".formatted(LONGEST_VALUE));
          }
          checkText("Tag.Value", value);
        });
  }

  /** Checks that a resource with some tags may get others on top. */
  static void checkCount(String resourceId, Collection<String> present, Collection<String> added) {
    Set<String> keys = new HashSet<>(present);
    keys.addAll(added);
    if (keys.size() > MOST_TAGS) {
      throw new CloudException(
          ErrorCode.TAG_LIMIT_EXCEEDED,
          "You have reached the maximum number of tags for resource '%s': %d."
              .formatted(resourceId, MOST_TAGS));
    }
  }

  /** Checks a key. */
  static void checkKey(String key) {
    if (key == null || key.isEmpty()) {
      throw Errors.invalidValue("Tag.Key", key, "Tag key cannot be empty.");
    }
    if (length(key) > LONGEST_KEY) {
      throw Errors.invalidValue(
          "Tag.Key",
          key,
          "Tag key exceeds the maximum length of %d characters.".formatted(LONGEST_KEY));
    }
    if (key.toLowerCase(Locale.ROOT).startsWith(RESERVED)) {
      throw Errors.invalidValue(
          "Tag.Key", key, "Tag keys starting with 'aws:' are reserved for internal use.");
    }
    checkText("Tag.Key", key);
  }

  private static void checkText(String parameter, String text) {
    if (text.indexOf('\0') >= 0) {
      throw Errors.invalidValue(parameter, text.replace("\0", "\\0"), "It has a NUL character.");
    }
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
