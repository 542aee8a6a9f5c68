package io.hanok.storage;

import io.hanok.agent.runtime.HostCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;

/** A real pool directory for tests: XFS in a file, made and taken away by the shipped script. */
final class LoopPool implements AutoCloseable {
  static final Path SCRIPT = Path.of("src/main/scripts/reflink-pool").toAbsolutePath();
  static final long BYTES = 400L << 20;

  private static final HostCommands COMMANDS = new HostCommands(Duration.ofMinutes(1));

  private final Path home;

  private LoopPool(Path home) {
    this.home = home;
  }

  static LoopPool up() throws IOException {
    requireXfs();
    Path home = Files.createTempDirectory("hanok-pool-test");
    LoopPool pool = new LoopPool(home);
    script("up", home.toString(), "--size", Long.toString(BYTES));
    return pool;
  }

  /** Skips, loudly, where the tools for a real pool are not installed. */
  static void requireXfs() {
    boolean there =
        Files.isExecutable(Path.of("/usr/sbin/mkfs.xfs"))
            || Files.isExecutable(Path.of("/sbin/mkfs.xfs"));
    if (!there) {
      System.err.println("SKIPPED: no mkfs.xfs on this machine, so no real pool was tested");
    }
    Assumptions.assumeTrue(there, "mkfs.xfs is missing");
  }

  static HostCommands.Result script(String... arguments) {
    String[] command = new String[arguments.length + 1];
    command[0] = SCRIPT.toString();
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    HostCommands.Result result = COMMANDS.attempt(command);
    if (result.status() != 0 && result.status() != 3) {
      throw new IllegalStateException(String.join(" ", command) + ": " + result.errors());
    }
    return result;
  }

  Path directory() {
    return home.resolve("pool");
  }

  @Override
  public void close() throws IOException {
    script("destroy", home.toString());
    Files.delete(home);
  }
}
