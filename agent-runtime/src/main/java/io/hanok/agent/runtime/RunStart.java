package io.hanok.agent.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives each run of an agent the moment that orders its reports after those of every earlier run,
 * whatever happened to the host's clock in between.
 *
 * <p>The moment is the clock's, unless an earlier run had that one or a later one: then it is one
 * microsecond past the earlier one's, since microseconds are what the control plane keeps. It is
 * written down durably before it is used; so a clock that is set back never makes the control plane
 * take this run's reports for old ones.
 */
final class RunStart {
  /** Name of the file in the agent's state directory: one ISO 8601 moment. */
  static final String FILE = "started-at";

  private static final Logger log = LoggerFactory.getLogger(RunStart.class);

  private RunStart() {}

  /**
   * The moment of a run that begins now; each call counts as a run.
   *
   * @param state the agent's state directory, which is there
   * @throws IOException if the moment cannot be kept; the agent must not run then
   */
  static Instant next(Path state, Clock clock) throws IOException {
    Path file = state.resolve(FILE);
    Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
    Instant last = last(file);
    if (last != null && !now.isAfter(last)) {
      log.warn("the clock says {}, but an earlier run began at {}", now, last);
      now = last.plus(1, ChronoUnit.MICROS);
    }
    DurableFile.write(file, (now + "\n").getBytes(StandardCharsets.UTF_8), "rw-------");
    return now;
  }

  /** The moment of the latest run, or null if there was none or nobody can tell. */
  private static Instant last(Path file) throws IOException {
    try {
      return Instant.parse(Files.readString(file).strip()).truncatedTo(ChronoUnit.MICROS);
    } catch (NoSuchFileException firstRun) {
      return null;
    } catch (DateTimeException e) {
      // Reports are lost only if the clock was set back as well; not to run at all is worse.
      log.warn("{} is damaged; the clock alone orders this run's reports", file);
      return null;
    }
  }
}
