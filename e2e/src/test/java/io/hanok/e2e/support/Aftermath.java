package io.hanok.e2e.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What must hold whatever died, once the dust has settled: nothing is under way any more, and the
 * host has what the control plane wrote down, no more and no less.
 */
public final class Aftermath {
  private static final Duration PATIENCE = Duration.ofSeconds(90);
  private static final Pattern TAP = Pattern.compile("^\\d+: (e[0-9a-f]{14})[@:].*");

  private final Stack stack;

  public Aftermath(Stack stack) {
    this.stack = stack;
  }

  /** Waits until everything is in order, or fails with all that is not. */
  public void settles() {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<String> disorder;
    do {
      try {
        disorder = disorder();
        if (disorder.isEmpty()) {
          return;
        }
        Thread.sleep(300);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      } catch (AssertionError e) {
        // A component that is just being started anew answers nothing yet.
        disorder = List.of(e.toString());
      }
    } while (System.nanoTime() < deadline);
    throw new AssertionError(
        "not in order after %s:%n%s".formatted(PATIENCE, String.join("\n", disorder)));
  }

  /** The processes of the guests, by the names of their virtual machines. */
  public Map<String, Long> guests() {
    Map<String, Long> result = new TreeMap<>();
    for (Path file : entries(stack.state().resolve("libvirt/run/qemu"))) {
      String name = file.getFileName().toString();
      if (name.startsWith("vm-") && name.endsWith(".pid")) {
        try {
          long pid = Long.parseLong(Files.readString(file).strip());
          if (ProcessHandle.of(pid).isPresent()) {
            result.put(name.substring(0, name.length() - ".pid".length()), pid);
          }
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return result;
  }

  /** The process of an instance's guest. */
  public long guest(String instanceId) {
    String vm =
        stack
            .sql("SELECT id FROM vm WHERE ended_at IS NULL AND instance_id = '" + instanceId + "'")
            .getFirst();
    return guests().get(vm);
  }

  private List<String> disorder() {
    List<String> result = new ArrayList<>();
    none(result, "work", "SELECT kind, key, attempt, waiting_for, last_error FROM work_item");
    none(
        result,
        "a document that is not in force",
        """
        SELECT d.kind, d.key, d.generation, o.generation, o.settled, o.fault_message
        FROM agent_document d LEFT JOIN observation o USING (host_id, kind, key)
        WHERE (o.settled AND o.generation = d.generation) IS NOT TRUE
        """);
    none(result, "an orphan", "SELECT kind, name FROM orphan");
    none(
        result,
        "a machine that neither runs nor ended",
        "SELECT id, instance_id FROM vm WHERE ended_at IS NULL AND running_at IS NULL");

    List<String> machines = stack.sql("SELECT id FROM vm WHERE ended_at IS NULL ORDER BY id");
    same(result, "documents of machines", machines, documents("vm"));
    same(result, "domains", machines, lines(stack.virsh("list", "--all", "--name")));
    same(result, "guests", machines, List.copyOf(guests().keySet()));
    same(
        result,
        "taps in routers, and none outside",
        stack.sql(
            """
            SELECT 'e' || right(e.id, 14) FROM network_interface e
            JOIN vm v ON v.instance_id = e.instance_id AND v.ended_at IS NULL
            """),
        taps());
    same(
        result,
        "files of volumes",
        documents("volume"),
        entries(stack.state().resolve("pool/volumes")).stream()
            .map(file -> file.getFileName().toString().replaceFirst("\\.raw$", ""))
            .toList());
    return result;
  }

  private void none(List<String> result, String what, String query) {
    stack.sql(query).forEach(row -> result.add(what + ": " + row));
  }

  private static void same(
      List<String> result, String what, List<String> written, List<String> found) {
    if (!new TreeSet<>(written).equals(new TreeSet<>(found))) {
      result.add("%s: found %s, written down %s".formatted(what, found, written));
    }
  }

  private List<String> documents(String kind) {
    return stack.sql("SELECT key FROM agent_document WHERE kind = '" + kind + "'");
  }

  private static List<String> taps() {
    List<String> result = new ArrayList<>();
    for (String device : taps(Commands.run("ip", "-o", "link"))) {
      result.add(device + " outside of any router");
    }
    for (String line : lines(Commands.run("ip", "netns", "list").text())) {
      String namespace = line.split(" ")[0];
      if (namespace.startsWith("hanok-vpc-")) {
        result.addAll(taps(Commands.run("ip", "-n", namespace, "-o", "link")));
      }
    }
    return result;
  }

  private static List<String> taps(Output links) {
    return links
        .text()
        .lines()
        .map(TAP::matcher)
        .filter(Matcher::matches)
        .map(matcher -> matcher.group(1))
        .toList();
  }

  private static List<String> lines(String text) {
    return text.lines().map(String::strip).filter(line -> !line.isEmpty()).toList();
  }

  private static List<Path> entries(Path directory) {
    try (Stream<Path> stream = Files.list(directory)) {
      return stream.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
