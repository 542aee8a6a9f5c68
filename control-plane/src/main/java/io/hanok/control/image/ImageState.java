package io.hanok.control.image;

import java.util.Locale;

/** EC2's states of an image, derived from its row. */
public enum ImageState {
  PENDING,
  AVAILABLE,
  FAILED,
  DEREGISTERED;

  /** EC2's word. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
