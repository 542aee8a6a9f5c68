package io.hanok.network.router;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * Tells whether a tap may be taken: not while libvirt itself still holds it open.
 *
 * <p>libvirt makes a tap, then addresses it several times by its name, and only then starts the
 * emulator that inherits it. A tap that left for another namespace in between would fail the start
 * of the guest. Which process holds a tap open is said by {@code /proc/PID/fdinfo}.
 */
public final class TapHolders {
  private static final Path PROC = Path.of("/proc");
  private static final Path TUN = Path.of("/dev/net/tun");

  private final Path proc;

  public TapHolders() {
    this(PROC);
  }

  TapHolders(Path proc) {
    this.proc = proc;
  }

  /** Whether a tap is held by libvirt and by nobody else. */
  public boolean onlyLibvirt(String tap) {
    boolean libvirt = false;
    try (Stream<Path> entries = Files.list(proc)) {
      for (Path process : (Iterable<Path>) entries.filter(TapHolders::isProcess)::iterator) {
        if (holds(process, tap)) {
          if (!isLibvirt(process)) {
            return false;
          }
          libvirt = true;
        }
      }
    } catch (IOException unreadable) {
      return false;
    }
    return libvirt;
  }

  private static boolean isProcess(Path entry) {
    return Character.isDigit(entry.getFileName().toString().charAt(0));
  }

  private static boolean holds(Path process, String tap) {
    try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
      return descriptors.anyMatch(fd -> isTap(process, fd, tap));
    } catch (IOException ended) {
      return false;
    }
  }

  private static boolean isTap(Path process, Path fd, String tap) {
    try {
      return Files.readSymbolicLink(fd).equals(TUN)
          && Files.readString(process.resolve("fdinfo").resolve(fd.getFileName()))
              .lines()
              .anyMatch(line -> line.startsWith("iff:") && line.substring(4).strip().equals(tap));
    } catch (IOException closed) {
      return false;
    }
  }

  private static boolean isLibvirt(Path process) {
    try {
      String program = Files.readSymbolicLink(process.resolve("exe")).getFileName().toString();
      return program.startsWith("libvirtd") || program.startsWith("virtqemud");
    } catch (IOException ended) {
      return false;
    }
  }
}
