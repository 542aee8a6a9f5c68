package io.hanok.wire;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of one request, in the order sent, as the tree their dotted names draw.
 *
 * <p>{@code Filter.1.Name=x&Filter.1.Value.1=y} is a node {@code Filter} with a child {@code 1},
 * and so on. A name may have a value and children at once: an SDK sends {@code X=} for an empty
 * list.
 *
 * <p>A name sent twice is refused with {@code InvalidQueryParameter}. AWS documents no rule for it,
 * and taking either one would let the parameters that a proxy or a policy looked at differ from
 * those that are acted on.
 */
public final class FormParameters {

  /**
   * How much a request may ask of the parser; what goes beyond is refused.
   *
   * @param maxCharacters length of the encoded text, in characters
   * @param maxParameters number of parameters
   * @param maxDepth number of dotted parts of a name
   * @param maxNameLength length of a decoded name, in characters
   */
  public record Limits(int maxCharacters, int maxParameters, int maxDepth, int maxNameLength) {

    /**
     * Room for the largest request a client makes in earnest (thousands of rules or tags, user data
     * of 16 KiB in base64), in at most 1 MiB.
     */
    public static final Limits STANDARD = new Limits(1 << 20, 20_000, 32, 512);
  }

  /** One part of a dotted name: perhaps a value, perhaps children. */
  static final class Node {
    private final String path;
    private final Map<String, Node> children = new LinkedHashMap<>();
    private String value;

    private Node(String path) {
      this.path = path;
    }

    /** The whole dotted name of this node. */
    String path() {
      return path;
    }

    /** The decoded value, or null if only longer names were sent. */
    String value() {
      return value;
    }

    /** The child of that name, or null. */
    Node child(String name) {
      return children.get(name);
    }

    Map<String, Node> children() {
      return Collections.unmodifiableMap(children);
    }

    private Node childOrNew(String part) {
      return children.computeIfAbsent(part, p -> new Node(path.isEmpty() ? p : path + "." + p));
    }
  }

  private final Node root = new Node("");
  private final Map<String, String> values = new LinkedHashMap<>();

  private FormParameters() {}

  /**
   * Parses a query string or a form body ({@code application/x-www-form-urlencoded}, UTF-8).
   *
   * @throws WireException {@code MalformedQueryString}, {@code InvalidQueryParameter} or {@code
   *     RequestEntityTooLarge}
   */
  public static FormParameters parse(String text, Limits limits) {
    return parse(List.of(text), limits);
  }

  /**
   * Parses a query string and a form body as the parameters of one request, as a presigned POST
   * sends them.
   *
   * @throws WireException as {@link #parse(String, Limits)}
   */
  public static FormParameters parse(String query, String body, Limits limits) {
    return parse(List.of(query, body), limits);
  }

  private static FormParameters parse(Collection<String> texts, Limits limits) {
    FormParameters form = new FormParameters();
    long characters = 0;
    for (String text : texts) {
      characters += text.length();
      if (characters > limits.maxCharacters()) {
        throw new WireException(
            "RequestEntityTooLarge",
            413,
            "The request's parameters are longer than %d characters. Split the request."
                .formatted(limits.maxCharacters()));
      }
      for (String pair : pieces(text, '&', Integer.MAX_VALUE)) {
        if (!pair.isEmpty()) {
          form.add(pair, limits);
        }
      }
    }
    return form;
  }

  /** The value of the parameter with that whole name. */
  public Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name));
  }

  /**
   * The operation asked for.
   *
   * @throws WireException {@code MissingAction}
   */
  public String action() {
    return get("Action")
        .filter(a -> !a.isEmpty())
        .orElseThrow(
            () ->
                new WireException(
                    "MissingAction",
                    400,
                    "The request must contain the parameter Action, such as"
                        + " Action=DescribeInstances."));
  }

  /** All parameters by whole name, in the order sent. */
  public Map<String, String> values() {
    return Collections.unmodifiableMap(values);
  }

  Node root() {
    return root;
  }

  private void add(String pair, Limits limits) {
    int equals = pair.indexOf('=');
    String name = decode(equals < 0 ? pair : pair.substring(0, equals));
    String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
    if (name.length() > limits.maxNameLength()) {
      throw WireException.malformedQueryString(
          "The parameter name %s is longer than %d characters."
              .formatted(WireException.quoted(name), limits.maxNameLength()));
    }
    if (values.putIfAbsent(name, value) != null) {
      throw WireException.invalidQueryParameter(
          "The parameter %s is specified more than once. Send it once."
              .formatted(WireException.quoted(name)));
    }
    if (values.size() > limits.maxParameters()) {
      throw WireException.malformedQueryString(
          "The request has more than %d parameters. Split the request."
              .formatted(limits.maxParameters()));
    }
    List<String> parts = pieces(name, '.', limits.maxDepth() + 1);
    if (parts.size() > limits.maxDepth() || parts.contains("")) {
      throw WireException.malformedQueryString(
          "The parameter name %s is not one to %d parts separated by dots."
              .formatted(WireException.quoted(name), limits.maxDepth()));
    }
    Node node = root;
    for (String part : parts) {
      node = node.childOrNew(part);
    }
    node.value = value;
  }

  /** Splits and keeps empty pieces; stops splitting at the given number of pieces. */
  static List<String> pieces(String text, char separator, int atMost) {
    List<String> pieces = new ArrayList<>();
    int from = 0;
    for (int at = text.indexOf(separator);
        at >= 0 && pieces.size() < atMost - 1;
        at = text.indexOf(separator, from)) {
      pieces.add(text.substring(from, at));
      from = at + 1;
    }
    pieces.add(text.substring(from));
    return pieces;
  }

  /** Decodes {@code %XX} and {@code +}, strictly: no broken escape, no broken UTF-8. */
  static String decode(String encoded) {
    if (encoded.indexOf('%') < 0 && encoded.indexOf('+') < 0 && isAscii(encoded)) {
      return encoded;
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(decodeBytes(encoded)))
          .toString();
    } catch (CharacterCodingException e) {
      throw WireException.malformedQueryString(
          "A parameter is not UTF-8 after decoding: " + WireException.quoted(encoded));
    }
  }

  /** Decodes {@code %XX} and {@code +} to bytes; text beyond ASCII must have been escaped. */
  static byte[] decodeBytes(String encoded) {
    byte[] bytes = new byte[encoded.length()];
    int n = 0;
    for (int i = 0; i < encoded.length(); i++) {
      char c = encoded.charAt(i);
      if (c == '%') {
        int high = i + 2 < encoded.length() ? Character.digit(ascii(encoded, i + 1), 16) : -1;
        int low = i + 2 < encoded.length() ? Character.digit(ascii(encoded, i + 2), 16) : -1;
        if (high < 0 || low < 0) {
          throw WireException.malformedQueryString(
              "A percent sign is not followed by two hexadecimal digits: "
                  + WireException.quoted(encoded));
        }
        bytes[n++] = (byte) (high << 4 | low);
        i += 2;
      } else {
        bytes[n++] = (byte) (c == '+' ? ' ' : ascii(encoded, i));
      }
    }
    return Arrays.copyOf(bytes, n);
  }

  private static char ascii(String encoded, int at) {
    char c = encoded.charAt(at);
    if (c > 0x7f) {
      throw WireException.malformedQueryString(
          "A character beyond ASCII is not percent-encoded: " + WireException.quoted(encoded));
    }
    return c;
  }

  private static boolean isAscii(String text) {
    return text.chars().allMatch(c -> c <= 0x7f);
  }
}
