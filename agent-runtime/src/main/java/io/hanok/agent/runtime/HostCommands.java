package io.hanok.agent.runtime;

import io.hanok.agent.api.AgentFault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs commands of the host: always a list of arguments, never a shell's string, with a deadline,
 * and with what the command said when it failed.
 */
public final class HostCommands {
  private static final int SHOWN = 600;

  private final Duration deadline;

  /**
   * Makes a runner.
   *
   * @param deadline how long a command may take before it is ended
   */
  public HostCommands(Duration deadline) {
    this.deadline = deadline;
  }

  /**
   * What a command left behind.
   *
   * @param status exit status
   * @param output standard output
   * @param errors standard error
   */
  public record Result(int status, String output, String errors) {
    public boolean succeeded() {
      return status == 0;
    }
  }

  /** Runs a command and returns its standard output; any other status than 0 is a HOST_ERROR. */
  public String run(String... arguments) {
    return runWithInput("", List.of(arguments));
  }

  /** As {@link #run(String...)}. */
  public String run(List<String> arguments) {
    return runWithInput("", arguments);
  }

  /** As {@link #run(String...)}, with text on the command's standard input. */
  public String runWithInput(String input, List<String> arguments) {
    Result result = attempt(input, arguments);
    if (!result.succeeded()) {
      throw new AgentException(
          AgentFault.Code.HOST_ERROR,
          "%s ended with status %d: %s"
              .formatted(
                  shown(String.join(" ", arguments)), result.status(), shown(result.errors())));
    }
    return result.output();
  }

  /** Runs a command whose failure is an answer, too. */
  public Result attempt(String... arguments) {
    return attempt("", List.of(arguments));
  }

  /** As {@link #attempt(String...)}, with text on the command's standard input. */
  public Result attempt(String input, List<String> arguments) {
    try {
      ProcessBuilder builder = new ProcessBuilder(arguments);
      builder.environment().put("LC_ALL", "C.UTF-8");
      Process process = builder.start();
      CompletableFuture<String> output = read(process.getInputStream());
      CompletableFuture<String> errors = read(process.getErrorStream());
      try (var stdin = process.getOutputStream()) {
        stdin.write(input.getBytes(StandardCharsets.UTF_8));
      } catch (IOException closedEarly) {
        // The command ended without reading its input; its status says why.
      }
      if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new AgentException(
            AgentFault.Code.HOST_ERROR,
            "%s did not end within %s".formatted(shown(String.join(" ", arguments)), deadline));
      }
      return new Result(process.exitValue(), output.join(), errors.join());
    } catch (IOException e) {
      throw new AgentException(
          AgentFault.Code.HOST_ERROR,
          "cannot run " + arguments.getFirst() + ": " + e.getMessage(),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AgentException(
          AgentFault.Code.NOT_READY, "interrupted while running " + arguments.getFirst(), e);
    }
  }

  private static CompletableFuture<String> read(java.io.InputStream stream) {
    CompletableFuture<String> result = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(
            () -> {
              try (stream) {
                result.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
              } catch (IOException e) {
                result.completeExceptionally(new UncheckedIOException(e));
              }
            });
    return result;
  }

  private static String shown(String text) {
    String flat = text.strip();
    return flat.length() <= SHOWN ? flat : flat.substring(0, SHOWN) + "…";
  }
}
