package io.hanok.storage;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.HostCommands;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@link ImageTools} by QEMU's own {@code qemu-img}, in child processes of bounded memory that die
 * with the agent.
 *
 * <p>The image is named to it with its format and with no backing file, so that it neither guesses
 * nor follows. A conversion must be started from a platform thread: the kernel ends the child when
 * the <em>thread</em> that started it ends.
 */
public final class QemuImg implements ImageTools {
  private static final List<String> BOUNDED =
      List.of("prlimit", "--as=2147483648", "--cpu=60", "qemu-img");
  private static final List<String> BOUND_TO_US =
      List.of("setpriv", "--pdeathsig", "KILL", "nice", "-n", "10", "qemu-img");
  private static final Set<String> VMDK_IN_ONE_FILE = Set.of("monolithicSparse", "streamOptimized");
  private static final Pattern PROGRESS = Pattern.compile("\\((\\d+)(\\.\\d+)?/100%\\)");
  private static final int SHOWN = 400;

  private final HostCommands commands;
  private final JsonMapper json = JsonMapper.builder().build();

  /**
   * Makes the tool.
   *
   * @param commands whose deadline holds for looking into an image, not for converting it
   */
  public QemuImg(HostCommands commands) {
    this.commands = commands;
  }

  @Override
  public Content inspect(Path image, String format) {
    JsonNode info = answer(image, format, "info");
    for (String reference : List.of("backing-filename", "full-backing-filename")) {
      if (info.has(reference)) {
        throw SourceHeader.unusable("it has a backing file; flatten it first (qemu-img convert)");
      }
    }
    if (info.path("encrypted").asBoolean(false)) {
      throw SourceHeader.unusable("it is encrypted");
    }
    JsonNode specific = info.path("format-specific").path("data");
    if (specific.has("data-file")) {
      throw SourceHeader.unusable("its data are in another file");
    }
    if (format.equals("vmdk")
        && (!VMDK_IN_ONE_FILE.contains(specific.path("create-type").asString(""))
            || specific.path("extents").size() != 1)) {
      throw SourceHeader.unusable("it is a vmdk whose data are in other files");
    }
    long size = info.path("virtual-size").asLong(0);
    if (size < 1) {
      throw SourceHeader.unusable("it describes an empty disk");
    }
    // Measured as qcow2, because as raw it would be the whole size: without qcow2's own part, what
    // is left is the data.
    JsonNode measured = answer(image, format, "measure", "-O", "qcow2");
    long metadata = measured.path("fully-allocated").asLong(size) - size;
    long data = measured.path("required").asLong(size) - metadata;
    return new Content(size, Math.clamp(data, 0, size));
  }

  private JsonNode answer(Path image, String format, String verb, String... options) {
    List<String> command = new java.util.ArrayList<>(BOUNDED);
    command.addAll(List.of(verb, "--output=json"));
    command.addAll(List.of(options));
    command.add(named(image, format));
    HostCommands.Result result = commands.attempt("", command);
    if (!result.succeeded()) {
      throw SourceHeader.unusable("qemu-img says: " + shown(result.errors()));
    }
    return json.readTree(result.output());
  }

  @Override
  public void convert(Path image, String format, Path target, IntConsumer percent)
      throws InterruptedException {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a conversion is started from a platform thread");
    }
    List<String> command = new java.util.ArrayList<>(BOUND_TO_US);
    command.addAll(List.of("convert", "-p", "-n", "--target-is-zero", "-O", "raw"));
    command.addAll(List.of(named(image, format), target.toString()));
    Process process = start(command);
    try {
      process.getOutputStream().close();
      CompletableFuture<String> errors = new CompletableFuture<>();
      Thread.ofVirtual().start(() -> complete(errors, process.getErrorStream()));
      Thread follower = Thread.ofVirtual().start(() -> follow(process.getInputStream(), percent));
      int status = process.waitFor();
      // Nothing is told about the progress of a conversion that has returned.
      follower.join();
      if (status != 0) {
        throw failure(status, errors.join());
      }
    } catch (IOException e) {
      throw HostFailures.of("cannot run qemu-img", e);
    } finally {
      // Whoever leaves here by an interruption removes the target next: wait for its writer's end.
      process.destroyForcibly();
      awaitEnd(process);
    }
  }

  private static Process start(List<String> command) {
    try {
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("LC_ALL", "C.UTF-8");
      return builder.start();
    } catch (IOException e) {
      throw HostFailures.of("cannot run qemu-img", e);
    }
  }

  private static AgentException failure(int status, String errors) {
    if (HostFailures.full(errors)) {
      return new AgentException(
          AgentFault.Code.NO_CAPACITY, "the pool is full: qemu-img says: " + shown(errors));
    }
    // Ended by a signal or by the host: says nothing about the image.
    if (status > 1 || errors.isBlank()) {
      return new AgentException(
          AgentFault.Code.HOST_ERROR,
          "qemu-img convert ended with status %d: %s".formatted(status, shown(errors)));
    }
    return SourceHeader.unusable("qemu-img says: " + shown(errors));
  }

  private static void awaitEnd(Process process) {
    boolean interrupted = false;
    while (process.isAlive()) {
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void complete(CompletableFuture<String> result, InputStream stream) {
    try (stream) {
      result.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      result.complete("");
    }
  }

  private static void follow(InputStream stream, IntConsumer percent) {
    StringBuilder line = new StringBuilder();
    try (stream) {
      for (int c = stream.read(); c >= 0; c = stream.read()) {
        if (c == '\r' || c == '\n') {
          Matcher matcher = PROGRESS.matcher(line);
          if (matcher.find()) {
            percent.accept(Integer.parseInt(matcher.group(1)));
          }
          line.setLength(0);
        } else {
          line.append((char) c);
        }
      }
    } catch (IOException | UncheckedIOException ended) {
      // The process was ended; its status says why.
    }
  }

  private String named(Path image, String format) {
    ObjectNode node = json.createObjectNode();
    node.put("driver", format);
    if (!format.equals("raw")) {
      node.putNull("backing");
    }
    ObjectNode file = node.putObject("file");
    file.put("driver", "file");
    file.put("filename", image.toAbsolutePath().toString());
    return "json:" + json.writeValueAsString(node);
  }

  private static String shown(String text) {
    String flat = text.strip().replace('\n', ' ');
    return flat.length() <= SHOWN ? flat : flat.substring(0, SHOWN) + "…";
  }
}
