package io.hanok.compute;

import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.HostCommands;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out whether the host itself is stopping, because whoever stops a host presses the power
 * buttons of its guests, and libvirt then says that each guest powered itself off.
 *
 * <p>Where systemd runs the host, systemd is asked; elsewhere the runlevel, 0 and 6 being those of
 * a host that stops. A host with neither cannot tell when it stops, and is taken to run on.
 */
final class HostStop {
  private static final Logger LOG = LoggerFactory.getLogger(HostStop.class);

  private final HostCommands commands;
  private final Path systemd;
  private final Path systemctl;
  private final Path runlevel;

  /** What is known. */
  enum Answer {
    RUNS,
    STOPS,
    /** It should be known, but there was no answer; whatever depends on it must be cautious. */
    UNTOLD
  }

  /**
   * Makes a look-out.
   *
   * @param systemd a directory that is there where systemd runs the host (sd_booted(3))
   * @param systemctl systemd's command
   * @param runlevel the command of System V's init; need not be there
   */
  HostStop(HostCommands commands, Path systemd, Path systemctl, Path runlevel) {
    this.commands = commands;
    this.systemd = systemd;
    this.systemctl = systemctl;
    this.runlevel = runlevel;
  }

  /** Asks; takes some milliseconds, and never throws. */
  Answer ask() {
    try {
      if (Files.isDirectory(systemd)) {
        return ofSystemd(commands.attempt(systemctl.toString(), "is-system-running").output());
      }
      return Files.isExecutable(runlevel)
          ? ofRunlevel(commands.attempt(runlevel.toString()).output())
          : Answer.RUNS;
    } catch (AgentException e) {
      LOG.warn("cannot tell whether the host is stopping: {}", e.getMessage());
      return Answer.UNTOLD;
    }
  }

  /** Source: systemctl(1), is-system-running. */
  private static Answer ofSystemd(String output) {
    return switch (output.strip()) {
      case "stopping" -> Answer.STOPS;
      case "initializing", "starting", "running", "degraded", "maintenance" -> Answer.RUNS;
      default -> Answer.UNTOLD;
    };
  }

  /** Source: runlevel(8): the previous runlevel and the present one, or "unknown". */
  private static Answer ofRunlevel(String output) {
    String line = output.strip();
    return line.endsWith(" 0") || line.endsWith(" 6") ? Answer.STOPS : Answer.RUNS;
  }
}
