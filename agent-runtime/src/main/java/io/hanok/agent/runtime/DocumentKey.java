package io.hanok.agent.runtime;

import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import java.util.regex.Pattern;

/**
 * Names one desired document of a host, and is safe as a file name.
 *
 * @param kind what the document describes
 * @param key its resource id: lower-case letters, digits and dashes only
 */
record DocumentKey(DocumentKind kind, String key) {
  private static final Pattern SAFE = Pattern.compile("[a-z0-9-]{1,120}");

  DocumentKey {
    if (!isSafe(key)) {
      throw new IllegalArgumentException(
          "a key consists of lower-case letters, digits and dashes: " + key);
    }
  }

  static DocumentKey of(DesiredDocument document) {
    return new DocumentKey(document.kind(), document.key());
  }

  /** Whether a text may be a key, and so a part of a path. */
  static boolean isSafe(String key) {
    return SAFE.matcher(key).matches();
  }

  @Override
  public String toString() {
    return kind.text() + "/" + key;
  }
}
