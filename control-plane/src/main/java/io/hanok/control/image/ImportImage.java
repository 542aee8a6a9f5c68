package io.hanok.control.image;

import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * An image to import.
 *
 * @param name 3 to 128 characters, unique among the owner's images
 * @param description up to 255 characters; null becomes empty
 * @param source a {@code file:} URI with an absolute path on the importing host, or an {@code
 *     http(s):} URI
 * @param sha256 expected digest of the source in hex, or null
 * @param isPublic whether every account may launch from it
 */
public record ImportImage(
    String name, String description, URI source, String sha256, boolean isPublic) {
  /** EC2 API reference, RegisterImage, "Name". */
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9()\\[\\] ./\\-'@_]{3,128}");

  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

  /**
   * Checks everything but the caller's right.
   *
   * @throws CloudException InvalidAMIName.Malformed, InvalidParameterValue, MissingParameter
   */
  public ImportImage {
    if (name == null) {
      throw Errors.missing("name");
    }
    if (!NAME.matcher(name).matches()) {
      throw new CloudException(
          ErrorCode.INVALID_AMI_NAME_MALFORMED,
          "AMI name '%s' is invalid. Expecting 3 to 128 letters, digits, spaces or ()[]./-'@_."
              .formatted(name));
    }
    description = checkedDescription(description);
    if (source == null) {
      throw Errors.missing("source");
    }
    String scheme = String.valueOf(source.getScheme()).toLowerCase(Locale.ROOT);
    boolean usable =
        switch (scheme) {
          case "file" ->
              source.getAuthority() == null
                  && source.getPath() != null
                  && source.getPath().startsWith("/");
          case "http", "https" -> source.getHost() != null;
          default -> false;
        };
    if (!usable) {
      throw Errors.invalidValue(
          "source",
          source,
          "Expecting an http: or https: URL, or file: with an absolute path on the host.");
    }
    if (sha256 != null) {
      sha256 = sha256.toLowerCase(Locale.ROOT);
      if (!SHA256.matcher(sha256).matches()) {
        throw Errors.invalidValue("sha256", sha256, "Expecting 64 hexadecimal digits.");
      }
    }
  }

  /** Whether it is read from a host's own files. */
  boolean fromHostFile() {
    return "file".equalsIgnoreCase(source.getScheme());
  }

  static String checkedDescription(String text) {
    if (text == null) {
      return "";
    }
    if (text.length() > 255 || text.indexOf('\0') >= 0) {
      throw Errors.invalidValue(
          "description", text.replace("\0", "\\0"), "Expecting at most 255 characters.");
    }
    return text;
  }
}
