package io.hanok.e2e.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs programs of this host, and of network namespaces on it. */
public final class Commands {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private Commands() {}

  /** Runs a program to its end; a minute is its longest time. */
  public static Output run(String... command) {
    return run(Map.of(), Arrays.asList(command));
  }

  /** The same with variables added to the environment. */
  public static Output run(Map<String, String> environment, List<String> command) {
    return run(environment, command, PATIENCE);
  }

  /** The same for a program that may take longer. */
  public static Output run(
      Map<String, String> environment, List<String> command, Duration patience) {
    try {
      Path out = Files.createTempFile("hanok-e2e", ".out");
      Path err = Files.createTempFile("hanok-e2e", ".err");
      try {
        ProcessBuilder builder =
            new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(patience.toSeconds(), TimeUnit.SECONDS)) {
          process.destroyForcibly();
          throw new AssertionError("still running after " + patience + ": " + command);
        }
        return new Output(
            process.exitValue(),
            Files.readString(out, StandardCharsets.UTF_8),
            Files.readString(err, StandardCharsets.UTF_8));
      } finally {
        Files.delete(out);
        Files.delete(err);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted: " + command, e);
    }
  }
}
