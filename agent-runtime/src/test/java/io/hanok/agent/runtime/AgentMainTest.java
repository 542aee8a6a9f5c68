package io.hanok.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.CertificateNames;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An agent as its supervisor sees it: a process with a log, a status and a reaction to SIGTERM. */
@Timeout(60)
class AgentMainTest {
  private static final int ENDED_BY_SIGTERM = 128 + 15;

  @TempDir private Path directory;

  private Process run(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(SimAgentProcess.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  private Path settings(String more) throws IOException {
    return Files.writeString(
        directory.resolve("agent.properties"),
        """
        state = %1$s
        host-id-file = %1$s/host-id
        control-plane = https://127.0.0.1:1
        %2$s
        """
            .formatted(directory, more));
  }

  @Test
  void itWorksUntilSigtermAndLeavesInGoodOrder() throws Exception {
    AgentIdentity.write(
        directory,
        new TestAuthority().issue(CertificateNames.agent(SimControlPlane.HOST, AgentName.STORAGE)));
    Files.writeString(directory.resolve("host-id"), SimControlPlane.HOST.value() + "\n");
    Process process = run("--settings", settings("listen = 127.0.0.1:0").toString());
    List<String> log = new ArrayList<>();
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        log.add(line);
        if (line.contains("listens on")) {
          process.toHandle().destroy();
        }
      }
      assertThat(process.waitFor()).as("%s", log).isEqualTo(ENDED_BY_SIGTERM);
    } finally {
      process.destroyForcibly();
    }
    assertThat(log)
        .allMatch(
            l -> l.matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}\\S+ [A-Z]+ .*"))
        .anyMatch(l -> l.contains("has stopped; the host is left as it is"));
  }

  @Test
  void aMissingSettingIsNamed() throws Exception {
    Process process = run("--settings", settings("").toString());
    String log = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor()).isEqualTo(2);
    assertThat(log).contains("'listen' is missing");
  }
}
