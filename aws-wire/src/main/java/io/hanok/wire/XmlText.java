package io.hanok.wire;

/** An XML 1.0 document being written, well formed whatever text it is given. */
final class XmlText {
  /** Stands where a character was that XML 1.0 cannot hold, not even escaped. */
  private static final char REPLACEMENT = '\uFFFD';

  private final StringBuilder out = new StringBuilder(1024);

  void declaration() {
    out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
  }

  /** Opens an element; names come from service models, never from a caller. */
  void open(String name) {
    out.append('<').append(name).append('>');
  }

  void open(String name, String namespace) {
    out.append('<').append(name).append(" xmlns=\"").append(namespace).append("\">");
  }

  void close(String name) {
    out.append("</").append(name).append('>');
  }

  void element(String name, String text) {
    open(name);
    text(text);
    close(name);
  }

  private void text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '&' -> out.append("&amp;");
        case '"' -> out.append("&quot;");
        case '\r' -> out.append("&#13;"); // a parser would turn a bare one into a line feed
        case '\n', '\t' -> out.append(c);
        case '\uFFFE', '\uFFFF' -> out.append(REPLACEMENT);
        default -> {
          if (Character.isHighSurrogate(c)
              && i + 1 < text.length()
              && Character.isLowSurrogate(text.charAt(i + 1))) {
            out.append(c).append(text.charAt(++i));
          } else {
            out.append(c < 0x20 || Character.isSurrogate(c) ? REPLACEMENT : c);
          }
        }
      }
    }
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
