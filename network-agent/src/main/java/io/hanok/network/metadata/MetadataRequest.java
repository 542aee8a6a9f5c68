package io.hanok.network.metadata;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A request to the metadata service: just as much of HTTP/1.1 as its clients use.
 *
 * @param method as sent
 * @param path without the query
 * @param headers by name in lower case; the last of several of one name
 * @param keepAlive whether the client wants to go on after the answer
 */
record MetadataRequest(String method, String path, Map<String, String> headers, boolean keepAlive) {
  private static final int MAX_HEAD = 8192;
  private static final int MAX_BODY = 16384;

  MetadataRequest {
    headers = Collections.unmodifiableMap(new TreeMap<>(headers));
  }

  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** The bytes are not a request that is understood. */
  static final class Malformed extends IOException {
    private static final long serialVersionUID = 1L;

    Malformed(String message) {
      super(message);
    }
  }

  /**
   * Reads a request with its body, which is thrown away.
   *
   * @return empty if the client closed before it began one
   * @throws Malformed if it is too long, or not HTTP
   */
  static Optional<MetadataRequest> read(InputStream in) throws IOException {
    String[] head = head(in);
    if (head.length == 0) {
      return Optional.empty();
    }
    String[] first = head[0].split(" ");
    if (first.length != 3 || !first[2].startsWith("HTTP/1.")) {
      throw new Malformed("not a request line");
    }
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < head.length; i++) {
      int colon = head[i].indexOf(':');
      if (colon < 1 || Character.isWhitespace(head[i].charAt(colon - 1))) {
        throw new Malformed("not a header");
      }
      headers.put(
          head[i].substring(0, colon).toLowerCase(Locale.ROOT),
          head[i].substring(colon + 1).strip());
    }
    skipBody(in, headers);
    String connection = headers.getOrDefault("connection", "").toLowerCase(Locale.ROOT);
    boolean keepAlive =
        first[2].equals("HTTP/1.0")
            ? connection.contains("keep-alive")
            : !connection.contains("close");
    return Optional.of(new MetadataRequest(first[0], path(first[1]), headers, keepAlive));
  }

  private static String path(String target) throws Malformed {
    String path = target;
    if (path.startsWith("http://")) {
      int slash = path.indexOf('/', "http://".length());
      path = slash < 0 ? "/" : path.substring(slash);
    }
    if (!path.startsWith("/")) {
      throw new Malformed("not a path");
    }
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  private static String[] head(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int newlines = 0;
    while (newlines < 2) {
      int next = in.read();
      if (next < 0) {
        if (head.size() == 0) {
          return new String[0];
        }
        throw new Malformed("ended in the middle");
      }
      if (head.size() == 0 && (next == '\r' || next == '\n')) {
        continue;
      }
      if (next == '\n') {
        newlines++;
      } else if (next != '\r') {
        newlines = 0;
      }
      head.write(next);
      if (head.size() > MAX_HEAD) {
        throw new Malformed("too long");
      }
    }
    return head.toString(StandardCharsets.ISO_8859_1).strip().split("\r?\n");
  }

  private static void skipBody(InputStream in, Map<String, String> headers) throws IOException {
    if (headers.containsKey("transfer-encoding")) {
      throw new Malformed("a body in chunks");
    }
    long length;
    try {
      length = Long.parseLong(headers.getOrDefault("content-length", "0"));
    } catch (NumberFormatException e) {
      throw new Malformed("not a length");
    }
    if (length < 0 || length > MAX_BODY) {
      throw new Malformed("too long");
    }
    in.skipNBytes(length);
  }
}
