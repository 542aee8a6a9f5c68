package io.hanok.compute;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.TapName;
import io.hanok.agent.runtime.AgentException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Tells which taps of ours are in the agent's own network namespace. */
@FunctionalInterface
interface Taps {
  /** Their device names. */
  Set<String> here();

  /**
   * Reads the kernel's list of devices.
   *
   * @param netDev {@code /proc/self/net/dev}, which shows the namespace of the process (sysfs would
   *     show the one in which it was mounted)
   */
  static Taps of(Path netDev) {
    return () -> {
      try (Stream<String> lines = Files.lines(netDev)) {
        return lines
            .map(line -> line.split(":", 2)[0].strip())
            .filter(TapName::matches)
            .collect(Collectors.toUnmodifiableSet());
      } catch (IOException e) {
        throw new AgentException(
            AgentFault.Code.HOST_ERROR, "cannot read " + netDev + ": " + e.getMessage(), e);
      }
    };
  }
}
