package io.hanok.compute;

import io.hanok.agent.api.HostFacts;
import io.hanok.compute.HostProfile.Acceleration;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds out what a host has: boot, processors, memory, acceleration. */
final class HostProbe {
  private static final Logger LOG = LoggerFactory.getLogger(HostProbe.class);
  private static final long KIB_PER_MIB = 1024;

  private final Path proc;
  private final Path kvm;

  /**
   * Makes a probe.
   *
   * @param proc the kernel's {@code /proc}
   * @param kvm {@code /dev/kvm}
   */
  HostProbe(Path proc, Path kvm) {
    this.proc = proc;
    this.kvm = kvm;
  }

  /** Id of the host's current boot. */
  String boot() {
    return lines("sys/kernel/random/boot_id").getFirst().strip();
  }

  /**
   * How guests will be executed.
   *
   * @param setting {@code auto}, {@code kvm} or {@code qemu}
   * @throws IllegalArgumentException if it is none of these
   */
  Acceleration acceleration(String setting) {
    return switch (setting) {
      case "kvm" -> Acceleration.KVM;
      case "qemu" -> Acceleration.QEMU;
      case "auto" -> {
        if (canVirtualize()) {
          yield Acceleration.KVM;
        }
        LOG.warn(
            "No hardware virtualization on this host (/dev/kvm and the processor flag vmx or svm):"
                + " guests run by software emulation, which is many times slower.");
        yield Acceleration.QEMU;
      }
      default ->
          throw new IllegalArgumentException(
              "acceleration is auto, kvm or qemu, and not " + setting);
    };
  }

  /** A device node alone proves nothing: the processor must have the flag. */
  private boolean canVirtualize() {
    boolean flag =
        lines("cpuinfo").stream()
            .filter(line -> line.startsWith("flags"))
            .flatMap(line -> Stream.of(line.split("\\s+")))
            .anyMatch(word -> word.equals("vmx") || word.equals("svm"));
    if (!flag) {
      return false;
    }
    try (FileInputStream device = new FileInputStream(kvm.toFile())) {
      return device.getFD().valid();
    } catch (IOException cannotBeOpened) {
      return false;
    }
  }

  /** Processors and memory, with what the caller knows of the hypervisor. */
  HostFacts facts(Acceleration acceleration, String hypervisorVersion) {
    int cpus = (int) lines("cpuinfo").stream().filter(l -> l.startsWith("processor")).count();
    long memoryKib =
        lines("meminfo").stream()
            .filter(line -> line.startsWith("MemTotal:"))
            .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
            .findFirst()
            .orElse(0);
    return new HostFacts(
        cpus, (int) (memoryKib / KIB_PER_MIB), acceleration.text(), hypervisorVersion, null);
  }

  private List<String> lines(String file) {
    try {
      return Files.readAllLines(proc.resolve(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
