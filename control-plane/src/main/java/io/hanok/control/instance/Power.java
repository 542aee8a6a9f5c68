package io.hanok.control.instance;

/** What the user wants of an instance. */
public enum Power {
  ON,
  OFF,
  TERMINATED;

  /** The form in the database. */
  String text() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  static Power ofText(String text) {
    return valueOf(text.toUpperCase(java.util.Locale.ROOT));
  }
}
