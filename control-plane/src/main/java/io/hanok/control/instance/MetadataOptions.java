package io.hanok.control.instance;

import io.hanok.control.shared.Errors;

/**
 * How the metadata service answers one instance.
 *
 * @param enabled whether it answers at all
 * @param tokensRequired whether only v2, with a token, is served
 * @param hopLimit how many hops an answer may travel, 1 to 64
 * @param tags whether the instance's tags are shown
 */
public record MetadataOptions(boolean enabled, boolean tokensRequired, int hopLimit, boolean tags) {
  /** EC2's defaults for an image that does not say otherwise. */
  public static final MetadataOptions DEFAULT = new MetadataOptions(true, false, 1, false);

  public MetadataOptions {
    if (hopLimit < 1 || hopLimit > 64) {
      throw Errors.invalidValue(
          "HttpPutResponseHopLimit", hopLimit, "Expecting a value from 1 to 64.");
    }
  }

  /** These options with those changed that a request names; null and empty change nothing. */
  public MetadataOptions with(
      String httpEndpoint, String httpTokens, Integer newHopLimit, String instanceMetadataTags) {
    return new MetadataOptions(
        choice("HttpEndpoint", httpEndpoint, "enabled", "disabled", enabled),
        choice("HttpTokens", httpTokens, "required", "optional", tokensRequired),
        newHopLimit == null ? hopLimit : newHopLimit,
        choice("InstanceMetadataTags", instanceMetadataTags, "enabled", "disabled", tags));
  }

  private static boolean choice(
      String name, String value, String yes, String no, boolean otherwise) {
    if (value == null || value.isEmpty()) {
      return otherwise;
    }
    if (!value.equals(yes) && !value.equals(no)) {
      throw Errors.invalidValue(name, value, "Expecting %s or %s.".formatted(yes, no));
    }
    return value.equals(yes);
  }
}
