package io.hanok.storage;

/** The death of the process at a point that a simulation was told; nothing cleans up after it. */
public final class SimCrash extends Error {
  private static final long serialVersionUID = 1L;

  public SimCrash(String after) {
    super("crashed after: " + after);
  }
}
