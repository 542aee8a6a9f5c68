package io.hanok.network.router;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TapHoldersTest {
  private static final String TAP = "e00000000000005";

  @TempDir Path proc;

  @Test
  void aTapIsLeftToLibvirtUntilTheEmulatorHasIt() throws IOException {
    TapHolders holders = new TapHolders(proc);
    assertThat(holders.onlyLibvirt(TAP)).as("held by nobody").isFalse();
    process("7", "/usr/sbin/libvirtd", TAP);
    assertThat(holders.onlyLibvirt(TAP)).isTrue();
    assertThat(holders.onlyLibvirt("e00000000000006")).as("another tap").isFalse();
    process("8", "/usr/bin/qemu-system-x86_64", TAP);
    assertThat(holders.onlyLibvirt(TAP)).isFalse();
  }

  private void process(String pid, String program, String tap) throws IOException {
    Path process = Files.createDirectory(proc.resolve(pid));
    Files.createDirectory(process.resolve("fd"));
    Files.createDirectory(process.resolve("fdinfo"));
    Files.createSymbolicLink(process.resolve("exe"), Path.of(program));
    Files.createSymbolicLink(process.resolve("fd/3"), Path.of("/dev/net/tun"));
    Files.writeString(process.resolve("fdinfo/3"), "pos:\t104\nflags:\t02\niff:\t" + tap + "\n");
  }
}
