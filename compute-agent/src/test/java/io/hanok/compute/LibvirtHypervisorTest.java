package io.hanok.compute;

import io.hanok.agent.api.id.VmId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** The real hypervisor holds the contract. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LibvirtHypervisorTest extends HypervisorContract {
  private PrivateLibvirtd libvirtd;
  private LibvirtHypervisor hypervisor;

  @BeforeAll
  void start() throws IOException {
    libvirtd = new PrivateLibvirtd();
    hypervisor = new LibvirtHypervisor(libvirtd.uri());
    await(this::answers);
  }

  private boolean answers() {
    try {
      return !hypervisor.versions().isEmpty();
    } catch (io.hanok.agent.runtime.AgentException notYet) {
      return false;
    }
  }

  @AfterAll
  void stop() throws IOException {
    if (libvirtd != null) {
      hypervisor.close();
      libvirtd.close();
    }
  }

  @Override
  Hypervisor hypervisor() {
    return hypervisor;
  }

  @Override
  Taps taps() {
    return libvirtd.taps();
  }

  @Override
  Path directory() {
    return libvirtd.directory();
  }

  @Override
  Path disk(int number, GuestProgram program) throws IOException {
    Path disk = libvirtd.directory().resolve("disk-" + number);
    program.writeDisk(disk, 16L << 20);
    return disk;
  }

  @Override
  void awaitUp(VmId vm) {
    Path log = libvirtd.directory().resolve("consoles/" + vm + ".log");
    await(
        () -> {
          try {
            return Files.readString(log, StandardCharsets.ISO_8859_1).contains("UP");
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        });
  }

  @Override
  void kill(VmId vm) {
    libvirtd.guest(vm.value()).destroyForcibly();
  }

  @Override
  void defineForeign(String xml) {
    hypervisor.define(xml);
  }

  @Override
  void removeForeign(String name) {
    PrivateLibvirtd.run("virsh", "-q", "-c", libvirtd.uri(), "undefine", name);
  }
}
