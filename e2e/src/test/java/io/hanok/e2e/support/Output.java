package io.hanok.e2e.support;

/**
 * What a program left behind.
 *
 * @param exit its exit status; -1 if it gave none
 * @param out its standard output
 * @param err its standard error
 */
public record Output(int exit, String out, String err) {
  /** The standard output without the white space around it, of a program that succeeded. */
  public String text() {
    if (exit != 0) {
      throw new AssertionError("exit status " + exit + "\n" + out + err);
    }
    return out.strip();
  }

  public boolean succeeded() {
    return exit == 0;
  }
}
