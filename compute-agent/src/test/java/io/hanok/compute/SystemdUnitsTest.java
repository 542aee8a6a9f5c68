package io.hanok.compute;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.runtime.HostCommands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The units that run the agents where systemd does, as the installer's scripts write them. */
class SystemdUnitsTest {
  private static final Path SOURCE = Path.of("..").toAbsolutePath().normalize();

  private final HostCommands commands = new HostCommands(Duration.ofSeconds(30));
  @TempDir Path directory;

  @Test
  void theComputeAgentStopsBeforeAnybodyStopsTheGuestsWithTheHost() throws IOException {
    assertThat(unit("compute-agent"))
        .anyMatch(
            line ->
                line.startsWith("After=")
                    && List.of(line.substring(6).split(" "))
                        .containsAll(
                            List.of(
                                "libvirtd.service",
                                "libvirt-guests.service",
                                "virt-guest-shutdown.target")))
        .contains("Wants=virt-guest-shutdown.target");
  }

  @Test
  void noAgentHasAMountNamespaceOfItsOwn() throws IOException {
    for (String agent : List.of("storage-agent", "network-agent", "compute-agent")) {
      assertThat(unit(agent))
          .as(agent)
          .contains("[Service]")
          .noneMatch(
              line ->
                  line.matches(
                      "(Protect|Private|ReadOnly|ReadWrite|Inaccessible|Bind|TemporaryFile|Mount"
                          + "|Root|Dynamic).*"));
    }
    assertThat(unit("control-plane")).contains("ProtectHome=yes");
  }

  @Test
  void aHostThatStartsGuestsByItselfIsRefused() throws IOException {
    assertThat(accepts("#ON_BOOT=start\nON_SHUTDOWN=shutdown\n")).isTrue();
    assertThat(accepts("ON_BOOT=start\n")).isFalse();
    assertThat(accepts("ON_SHUTDOWN='suspend'\n")).isFalse();
  }

  private List<String> unit(String name) throws IOException {
    HostCommands.Result result =
        script("unit_file() { echo \"$1.service\"; }; put() { cat >\"$1\"; }; define_unit " + name);
    assertThat(result.errors()).isEmpty();
    return Files.readAllLines(directory.resolve(name + ".service"));
  }

  private boolean accepts(String settings) throws IOException {
    Files.writeString(directory.resolve("libvirt-guests"), settings);
    return script("check_libvirt_guests \"$PWD/libvirt-guests\"").succeeded();
  }

  /** Runs a line with the installer's functions, its working directory being the test's own. */
  private HostCommands.Result script(String line) {
    return commands.attempt(
        "bash",
        "-c",
        """
        set -euo pipefail
        SOURCE=$1
        cd "$2"
        export HANOK_STATE=/var/lib/hanok
        for file in say settings supervisor libvirt; do source "$SOURCE/scripts/lib/$file.sh"; done
        """
            + line,
        "bash",
        SOURCE.toString(),
        directory.toString());
  }
}
