package io.hanok.compute;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.runtime.HostCommands;
import io.hanok.compute.HostStop.Answer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whether a host stops, as told by commands that stand in for those of its init. */
class HostStopTest {
  @TempDir Path directory;

  @Test
  void systemdTellsThatItStopsAndEveryOtherStateOfItIsARunningHost() throws IOException {
    Files.createDirectory(directory.resolve("systemd"));
    assertThat(systemdSays("stopping", 1)).isEqualTo(Answer.STOPS);
    assertThat(systemdSays("running", 0)).isEqualTo(Answer.RUNS);
    for (String state : new String[] {"initializing", "starting", "degraded", "maintenance"}) {
      assertThat(systemdSays(state, 1)).as(state).isEqualTo(Answer.RUNS);
    }
  }

  @Test
  void aSystemdThatGivesNoAnswerIsNotTakenToRunOn() throws IOException {
    Files.createDirectory(directory.resolve("systemd"));
    assertThat(stop().ask()).as("no such command").isEqualTo(Answer.UNTOLD);
    for (String state : new String[] {"", "unknown", "offline"}) {
      assertThat(systemdSays(state, 1)).as(state).isEqualTo(Answer.UNTOLD);
    }
    command("systemctl", "exec sleep 30");
    HostStop impatient = stop(Duration.ofMillis(50));
    assertThat(impatient.ask()).as("no answer in time").isEqualTo(Answer.UNTOLD);
  }

  @Test
  void withoutSystemdTheRunlevelTells() throws IOException {
    assertThat(stop().ask()).as("a host without runlevels").isEqualTo(Answer.RUNS);
    assertThat(runlevelSays("N 2")).isEqualTo(Answer.RUNS);
    assertThat(runlevelSays("unknown")).isEqualTo(Answer.RUNS);
    assertThat(runlevelSays("2 0")).isEqualTo(Answer.STOPS);
    assertThat(runlevelSays("2 6")).isEqualTo(Answer.STOPS);
    command("systemctl", "echo stopping");
    assertThat(runlevelSays("N 2")).as("systemd does not run this host").isEqualTo(Answer.RUNS);
  }

  private Answer systemdSays(String state, int status) throws IOException {
    command("systemctl", "[ $1 = is-system-running ] && echo " + state + "; exit " + status);
    return stop().ask();
  }

  private Answer runlevelSays(String line) throws IOException {
    command("runlevel", "echo " + line);
    return stop().ask();
  }

  private void command(String name, String script) throws IOException {
    Path file = Files.writeString(directory.resolve(name), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private HostStop stop() {
    return stop(Duration.ofSeconds(20));
  }

  private HostStop stop(Duration patience) {
    return new HostStop(
        new HostCommands(patience),
        directory.resolve("systemd"),
        directory.resolve("systemctl"),
        directory.resolve("runlevel"));
  }
}
