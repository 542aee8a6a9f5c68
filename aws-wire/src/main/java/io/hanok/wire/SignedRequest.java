package io.hanok.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a signature covers of an HTTP request, exactly as received.
 *
 * @param method the HTTP method
 * @param rawPath the path, still percent-encoded
 * @param rawQuery the query string, still percent-encoded, without its question mark; empty if none
 * @param headers header values in the order received; names in lower case
 * @param bodySha256 the SHA-256 of the body received, in lower-case hexadecimal
 */
public record SignedRequest(
    String method,
    String rawPath,
    String rawQuery,
    Map<String, List<String>> headers,
    String bodySha256) {

  public SignedRequest {
    rawQuery = rawQuery == null ? "" : rawQuery;
    Map<String, List<String>> lower = new LinkedHashMap<>();
    headers.forEach(
        (name, values) ->
            lower
                .computeIfAbsent(name.toLowerCase(Locale.ROOT), _ -> new ArrayList<>())
                .addAll(values));
    headers = lower;
  }

  /** A request whose body was read whole. */
  public static SignedRequest of(
      String method,
      String rawPath,
      String rawQuery,
      Map<String, List<String>> headers,
      byte[] body) {
    return new SignedRequest(method, rawPath, rawQuery, headers, Hmac.sha256Hex(body));
  }

  /** All values of a header, by its lower-case name. */
  List<String> header(String name) {
    return headers.getOrDefault(name, List.of());
  }
}
