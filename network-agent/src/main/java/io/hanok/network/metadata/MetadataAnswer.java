package io.hanok.network.metadata;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * An answer of the metadata service.
 *
 * @param status HTTP status
 * @param headers further headers
 * @param limited whether it may travel only as far as the interface's hop limit says
 */
record MetadataAnswer(int status, byte[] body, Map<String, String> headers, boolean limited) {
  private static final String ERROR_PAGE =
      """
      <?xml version="1.0" encoding="iso-8859-1"?>
      <!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN"
      \t"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
      <html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en" lang="en">
       <head>
        <title>%1$d - %2$s</title>
       </head>
       <body>
        <h1>%1$d - %2$s</h1>
       </body>
      </html>
      """;

  MetadataAnswer {
    headers = Collections.unmodifiableMap(new TreeMap<>(headers));
  }

  static MetadataAnswer ok(byte[] body, Map<String, String> headers, boolean limited) {
    return new MetadataAnswer(200, body, headers, limited);
  }

  /** A refusal, with the page that EC2 sends. */
  static MetadataAnswer refused(int status) {
    String page = ERROR_PAGE.formatted(status, reason(status));
    return new MetadataAnswer(status, page.getBytes(StandardCharsets.ISO_8859_1), Map.of(), false);
  }

  /** The bytes on the wire. */
  byte[] bytes(Instant now, boolean withBody, boolean keepAlive) {
    StringBuilder head = new StringBuilder();
    head.append("HTTP/1.1 ").append(status).append(' ').append(reason(status)).append("\r\n");
    head.append("Content-Type: ").append(status == 200 ? "text/plain" : "text/html");
    head.append("\r\nContent-Length: ").append(body.length).append("\r\n");
    headers.forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
    head.append("Date: ")
        .append(DateTimeFormatter.RFC_1123_DATE_TIME.format(now.atOffset(ZoneOffset.UTC)))
        .append("\r\nServer: EC2ws\r\nConnection: ")
        .append(keepAlive ? "keep-alive" : "close")
        .append("\r\n\r\n");
    byte[] start = head.toString().getBytes(StandardCharsets.ISO_8859_1);
    if (!withBody) {
      return start;
    }
    byte[] all = Arrays.copyOf(start, start.length + body.length);
    System.arraycopy(body, 0, all, start.length, body.length);
    return all;
  }

  private static String reason(int status) {
    return switch (status) {
      case 200 -> "OK";
      case 400 -> "Bad Request";
      case 401 -> "Unauthorized";
      case 403 -> "Forbidden";
      case 404 -> "Not Found";
      case 405 -> "Method Not Allowed";
      default -> throw new IllegalArgumentException("not a status that is used: " + status);
    };
  }
}
