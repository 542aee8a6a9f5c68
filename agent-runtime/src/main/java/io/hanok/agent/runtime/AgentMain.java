package io.hanok.agent.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs an agent as a process: {@code --settings FILE}, until SIGTERM.
 *
 * <p>Settings: {@code state}, {@code listen} ({@code address:port}), {@code control-plane} (URL of
 * the agents' door), {@code host-id-file}; may be left out: {@code log-level} (INFO), {@code
 * converge-workers} (8), {@code converge-period-seconds} (30), {@code heartbeat-seconds} (5). Exit
 * status 2 for wrong arguments or settings, 1 if the agent cannot start.
 */
public final class AgentMain {
  private static final Duration STOPPING = Duration.ofMillis(1900);
  private static final Logger log = LoggerFactory.getLogger(AgentMain.class);

  private AgentMain() {}

  /** Runs an agent; returns only if it could not start, otherwise the process ends by a signal. */
  public static void run(Agent agent, String[] arguments) {
    if (arguments.length != 2 || !arguments[0].equals("--settings")) {
      System.err.println("usage: --settings FILE");
      System.exit(2);
    }
    AgentLog.start("INFO");
    try {
      AgentSettings settings = AgentSettings.read(Path.of(arguments[1]));
      AgentLog.start(settings.optional("log-level").orElse("INFO"));
      log.info(
          "the {} agent starts, process {}", agent.name().text(), ProcessHandle.current().pid());
      RunningAgent running = RunningAgent.start(agent, settings, Clock.systemUTC());
      Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running), "stop"));
      // Said only now: whoever reads it may ask at once to stop.
      log.info(
          "the {} agent listens on {}, reports to {}",
          agent.name().text(),
          running.address(),
          settings.required("control-plane"));
      new CountDownLatch(1).await();
    } catch (IllegalArgumentException e) {
      log.error("the {} agent's settings are wrong: {}", agent.name().text(), e.getMessage());
      System.exit(2);
    } catch (IOException | RuntimeException e) {
      log.error("the {} agent cannot start", agent.name().text(), e);
      System.exit(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void stop(RunningAgent running) {
    log.info("asked to stop");
    Thread closing = Thread.ofPlatform().daemon().name("close").start(running::close);
    try {
      if (!closing.join(STOPPING)) {
        log.warn("not everything ended within {}; the process ends all the same", STOPPING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
