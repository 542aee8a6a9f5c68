package io.hanok.compute;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A libvirtd for one test class, started by the shipped script in a network namespace of its own,
 * with guests as the distribution's unprivileged user; nothing of it is left when it is closed.
 */
final class PrivateLibvirtd implements AutoCloseable {
  private static final Path SCRIPT = Path.of("src/main/scripts/private-libvirtd").toAbsolutePath();

  private final Path directory;
  private final Process network;
  private final Process outside;
  private Process daemon;

  PrivateLibvirtd() throws IOException {
    if (!Files.isExecutable(Path.of("/usr/sbin/libvirtd"))
        || !"root".equals(System.getProperty("user.name"))) {
      String why = "NOT TESTED: real guests need root and an installed libvirtd";
      System.err.println(why);
      assumeTrue(false, why);
    }
    directory = Files.createTempDirectory(Path.of("/tmp"), "hanok-lv-");
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    network = new ProcessBuilder("unshare", "-n", "sleep", "infinity").start();
    outside = new ProcessBuilder("unshare", "-n", "sleep", "infinity").start();
    awaitOwnNetwork(network);
    awaitOwnNetwork(outside);
    start();
  }

  private static void awaitOwnNetwork(Process process) throws IOException {
    Path own = Path.of("/proc/self/ns/net");
    Path theirs = Path.of("/proc/" + process.pid() + "/ns/net");
    while (Files.readSymbolicLink(own).equals(Files.readSymbolicLink(theirs))) {
      pause();
    }
  }

  /** Starts the daemon, in the network namespace that outlives it. */
  void start() throws IOException {
    daemon =
        new ProcessBuilder(
                "nsenter",
                "--net=/proc/" + network.pid() + "/ns/net",
                SCRIPT.toString(),
                "start",
                directory.resolve("lv").toString())
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(directory.resolve("daemon.log").toFile()))
            .start();
  }

  /** Ends the daemon as a crash would; its guests go on. */
  void kill() {
    daemon.destroyForcibly().onExit().join();
  }

  /** Runs a command in the daemon's mount namespace. */
  void inItsMounts(String... command) {
    List<String> words =
        new ArrayList<>(List.of("nsenter", "--mount=/proc/" + daemon.pid() + "/ns/mnt"));
    words.addAll(List.of(command));
    run(words.toArray(String[]::new));
  }

  String uri() {
    return "qemu:///system?socket=" + directory.resolve("lv/run/libvirt-sock");
  }

  /** A directory for disks and logs. */
  Path directory() {
    return directory;
  }

  /** The taps in the network namespace in which guests are started. */
  Taps taps() {
    return Taps.of(Path.of("/proc/" + network.pid() + "/net/dev"));
  }

  /** What the network agent does to a tap, without its rules. */
  void takeTaps() {
    for (String tap : taps().here()) {
      run(
          "nsenter",
          "--net=/proc/" + network.pid() + "/ns/net",
          "ip",
          "link",
          "set",
          tap,
          "netns",
          Long.toString(outside.pid()));
    }
  }

  /** The taps that were taken. */
  Taps takenTaps() {
    return Taps.of(Path.of("/proc/" + outside.pid() + "/net/dev"));
  }

  /** The process of a guest. */
  ProcessHandle guest(String name) {
    try {
      String pid = Files.readString(directory.resolve("lv/run/qemu/" + name + ".pid")).strip();
      return ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private List<ProcessHandle> guests() {
    List<ProcessHandle> guests = new ArrayList<>();
    try (Stream<Path> files = Files.list(directory.resolve("lv/run/qemu"))) {
      files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.startsWith("vm-") && file.endsWith(".pid"))
          .map(file -> guest(file.substring(0, file.length() - ".pid".length())))
          .forEach(guests::add);
    } catch (IOException | java.util.NoSuchElementException gone) {
      // None is left, or the last one ended just now.
    }
    return guests;
  }

  static void run(String... command) {
    try {
      Process process = new ProcessBuilder(command).inheritIO().start();
      if (!process.waitFor(30, TimeUnit.SECONDS) || process.exitValue() != 0) {
        throw new IllegalStateException(String.join(" ", command) + " failed");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() throws IOException {
    guests().forEach(ProcessHandle::destroyForcibly);
    daemon.destroy();
    if (!daemon
        .onExit()
        .completeOnTimeout(null, 5, TimeUnit.SECONDS)
        .thenApply(p -> p != null)
        .join()) {
      kill();
    }
    network.destroyForcibly().onExit().join();
    outside.destroyForcibly().onExit().join();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
