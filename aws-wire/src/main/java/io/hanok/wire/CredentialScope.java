package io.hanok.wire;

import java.util.List;
import java.util.regex.Pattern;

/**
 * The {@code Credential} of a signature: which key signed, on which day, for which region and
 * service.
 *
 * @param accessKeyId the key's id
 * @param date the day, as {@code yyyyMMdd}
 * @param region the region's name
 * @param service the service's signing name
 */
record CredentialScope(String accessKeyId, String date, String region, String service) {
  static final String TERMINATOR = "aws4_request";

  private static final Pattern ACCESS_KEY_ID = Pattern.compile("\\w{1,128}");
  private static final Pattern DATE = Pattern.compile("\\d{8}");
  private static final Pattern NAME = Pattern.compile("[a-z0-9-]{1,64}");

  /**
   * Reads {@code KEY/DATE/REGION/SERVICE/aws4_request}.
   *
   * @throws WireException {@code IncompleteSignature}
   */
  static CredentialScope parse(String credential) {
    List<String> parts = FormParameters.pieces(credential, '/', 6);
    if (parts.size() != 5
        || !ACCESS_KEY_ID.matcher(parts.get(0)).matches()
        || !DATE.matcher(parts.get(1)).matches()
        || !NAME.matcher(parts.get(2)).matches()
        || !NAME.matcher(parts.get(3)).matches()
        || !parts.get(4).equals(TERMINATOR)) {
      throw WireException.incompleteSignature(
          "Credential must be KEY_ID/YYYYMMDD/REGION/SERVICE/aws4_request, not "
              + WireException.quoted(credential));
    }
    return new CredentialScope(parts.get(0), parts.get(1), parts.get(2), parts.get(3));
  }

  /** What follows the key id: the part that is signed. */
  String signedPart() {
    return String.join("/", date, region, service, TERMINATOR);
  }
}
