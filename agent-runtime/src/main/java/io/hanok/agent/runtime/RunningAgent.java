package io.hanok.agent.runtime;

import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.id.HostId;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One agent at work: ledger, convergence, server, reporter and renewal, put together from its
 * settings and taken down in the opposite order.
 */
final class RunningAgent implements AutoCloseable {
  private static final Duration HEARTBEAT = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(RunningAgent.class);

  private final Agent agent;
  private final ThreadTimers timers;
  private final Convergence convergence;
  private final ControlPlaneDoor door;
  private final Reporter reporter;
  private final AgentServer server;
  private final Renewal renewal;

  private RunningAgent(
      Agent agent,
      ThreadTimers timers,
      Convergence convergence,
      ControlPlaneDoor door,
      Reporter reporter,
      AgentServer server,
      Renewal renewal) {
    this.agent = agent;
    this.timers = timers;
    this.convergence = convergence;
    this.door = door;
    this.reporter = reporter;
    this.server = server;
    this.renewal = renewal;
  }

  /**
   * Starts an agent.
   *
   * @throws IOException if the host has not joined, the ledger cannot be read, the start of the run
   *     cannot be written down, or the address is taken
   * @throws IllegalArgumentException if a setting is missing or not understood
   */
  static RunningAgent start(Agent agent, AgentSettings settings, Clock clock) throws IOException {
    InetSocketAddress address = listen(settings.required("listen"));
    URI controlPlane = URI.create(settings.required("control-plane"));
    Convergence.Pace pace = pace(settings);
    Duration heartbeat = seconds(settings, "heartbeat-seconds", HEARTBEAT);
    HostId host = hostId(settings);
    AgentIdentity identity = AgentIdentity.load(settings.state());
    Ledger ledger = Ledger.open(settings.state().resolve("ledger"), clock, Ledger.RETENTION);
    Instant startedAt = RunStart.next(settings.state(), clock);

    LateWakeups wakeups = new LateWakeups();
    Converger converger = agent.start(settings, wakeups);
    SecureRandom random = new SecureRandom();
    ThreadTimers timers = new ThreadTimers();
    ExecutorService workers = Convergence.workers(pace.workers());
    Convergence convergence =
        new Convergence(
            ledger,
            converger,
            pace,
            workers,
            timers,
            new SplittableRandom(random.nextLong()),
            wakeups::reportSoon);
    ControlPlaneDoor door = new ControlPlaneDoor(controlPlane, identity);
    Reporter reporter =
        new Reporter(
            new Reporter.Speaker(host, agent.name(), version(agent), startedAt),
            convergence,
            converger,
            ledger,
            door::report,
            heartbeat);
    wakeups.connect(new Connected(convergence, reporter));
    AgentServer server;
    try {
      server =
          new AgentServer(
              address,
              identity,
              ledger,
              convergence,
              converger,
              agent.resources(),
              reporter::report);
    } catch (IOException e) {
      convergence.close();
      timers.close();
      agent.stop();
      throw new IOException("cannot listen on " + address + ": " + e.getMessage(), e);
    }
    Renewal renewal = new Renewal(identity, door::renew, clock, random, timers);
    RunningAgent running =
        new RunningAgent(agent, timers, convergence, door, reporter, server, renewal);
    convergence.start();
    reporter.start();
    server.start();
    renewal.start();
    return running;
  }

  /** Where it listens. */
  InetSocketAddress address() {
    return server.address();
  }

  /** Stops within two seconds; what is on the host goes on. */
  @Override
  public void close() {
    server.close();
    renewal.close();
    reporter.close();
    convergence.close();
    timers.close();
    door.close();
    agent.stop();
    log.info("the {} agent has stopped; the host is left as it is", agent.name().text());
  }

  private static HostId hostId(AgentSettings settings) throws IOException {
    Path file = Path.of(settings.required("host-id-file"));
    if (!Files.exists(file)) {
      throw new IOException(file + " is missing: this host has not joined a control plane");
    }
    return new HostId(Files.readString(file).strip());
  }

  private static InetSocketAddress listen(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("the setting 'listen' is address:port, not " + text);
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    return new InetSocketAddress(host, Integer.parseInt(text.substring(colon + 1)));
  }

  private static Convergence.Pace pace(AgentSettings settings) {
    Convergence.Pace usual = Convergence.Pace.USUAL;
    int workers =
        settings.optional("converge-workers").map(Integer::parseInt).orElse(usual.workers());
    if (workers < 1) {
      throw new IllegalArgumentException("the setting 'converge-workers' is at least 1");
    }
    return new Convergence.Pace(
        workers,
        seconds(settings, "converge-period-seconds", usual.period()),
        usual.firstRetry(),
        usual.longestRetry());
  }

  private static Duration seconds(AgentSettings settings, String key, Duration usual) {
    Optional<String> text = settings.optional(key);
    if (text.isEmpty()) {
      return usual;
    }
    long millis = new BigDecimal(text.get()).movePointRight(3).longValue();
    if (millis < 1) {
      throw new IllegalArgumentException("the setting '" + key + "' is positive");
    }
    return Duration.ofMillis(millis);
  }

  private static String version(Agent agent) {
    String version = agent.getClass().getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }

  /**
   * Wake-ups for a converger that is made before the convergence is. What comes before the two are
   * connected is dropped: everything is converged and reported at the start anyway.
   */
  private static final class LateWakeups implements Wakeups {
    private final AtomicReference<Wakeups> target = new AtomicReference<>();

    void connect(Wakeups wakeups) {
      target.set(wakeups);
    }

    @Override
    public void wake(DocumentKind kind, String key) {
      Optional.ofNullable(target.get()).ifPresent(t -> t.wake(kind, key));
    }

    @Override
    public void wakeAll(DocumentKind kind) {
      Optional.ofNullable(target.get()).ifPresent(t -> t.wakeAll(kind));
    }

    @Override
    public void reportSoon() {
      Optional.ofNullable(target.get()).ifPresent(Wakeups::reportSoon);
    }
  }

  private record Connected(Convergence convergence, Reporter reporter) implements Wakeups {
    @Override
    public void wake(DocumentKind kind, String key) {
      if (DocumentKey.isSafe(key)) {
        convergence.wake(new DocumentKey(kind, key));
      }
    }

    @Override
    public void wakeAll(DocumentKind kind) {
      convergence.wakeAll(kind);
    }

    @Override
    public void reportSoon() {
      reporter.reportSoon();
    }
  }
}
