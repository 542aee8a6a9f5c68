package io.hanok.wire;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Prints the text whose hash Signature Version 4 signs.
 *
 * <p>As in the IAM User Guide, <a
 * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">Create
 * a signed AWS API request</a>. A plus sign in the query counts as a space, because that is what it
 * means when the query is read as a form; otherwise a signature would cover two meanings.
 */
final class CanonicalRequest {
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");
  private static final String HEX = "0123456789ABCDEF";

  private CanonicalRequest() {}

  /**
   * The canonical request.
   *
   * @throws WireException {@code IncompleteSignature} if a signed header was not sent
   */
  static String text(SignedRequest request, List<String> signedHeaders) {
    StringBuilder text = new StringBuilder();
    text.append(request.method()).append('\n');
    text.append(path(request.rawPath())).append('\n');
    text.append(query(request.rawQuery())).append('\n');
    for (String name : signedHeaders) {
      List<String> values = request.header(name);
      if (values.isEmpty()) {
        throw WireException.incompleteSignature(
            "The header %s is signed but was not received.".formatted(WireException.quoted(name)));
      }
      text.append(name).append(':');
      text.append(String.join(",", values.stream().map(CanonicalRequest::trimmed).toList()));
      text.append('\n');
    }
    text.append('\n').append(String.join(";", signedHeaders)).append('\n');
    return text.append(request.bodySha256()).toString();
  }

  private static String trimmed(String value) {
    return WHITE_SPACE.matcher(value.strip()).replaceAll(" ");
  }

  /** The path without dot segments and doubled slashes, each segment encoded once more. */
  private static String path(String rawPath) {
    Deque<String> kept = new ArrayDeque<>();
    for (String segment : FormParameters.pieces(rawPath, '/', Integer.MAX_VALUE)) {
      switch (segment) {
        case "", "." -> {}
        case ".." -> kept.pollLast();
        default -> kept.addLast(encode(segment.getBytes(StandardCharsets.UTF_8)));
      }
    }
    String path = "/" + String.join("/", kept);
    return rawPath.endsWith("/") && path.length() > 1 ? path + "/" : path;
  }

  private static String query(String rawQuery) {
    List<Map.Entry<String, String>> parameters = new ArrayList<>();
    for (String pair : FormParameters.pieces(rawQuery, '&', Integer.MAX_VALUE)) {
      int equals = pair.indexOf('=');
      String name =
          encode(FormParameters.decodeBytes(equals < 0 ? pair : pair.substring(0, equals)));
      if (!pair.isEmpty() && !name.equals(SignatureClaim.SIGNATURE_PARAMETER)) {
        parameters.add(
            Map.entry(
                name,
                equals < 0 ? "" : encode(FormParameters.decodeBytes(pair.substring(equals + 1)))));
      }
    }
    parameters.sort(
        Comparator.comparing(Map.Entry<String, String>::getKey).thenComparing(Map.Entry::getValue));
    return String.join("&", parameters.stream().map(p -> p.getKey() + "=" + p.getValue()).toList());
  }

  /** Percent-encodes all but RFC 3986's unreserved characters. */
  private static String encode(byte[] bytes) {
    StringBuilder encoded = new StringBuilder(bytes.length + 16);
    for (byte b : bytes) {
      char c = (char) (b & 0xff);
      if ((c >= 'A' && c <= 'Z')
          || (c >= 'a' && c <= 'z')
          || (c >= '0' && c <= '9')
          || "-._~".indexOf(c) >= 0) {
        encoded.append(c);
      } else {
        encoded.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return encoded.toString();
  }
}
