package io.hanok.agent.runtime;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.Observation;
import io.hanok.agent.api.ResourceStatus;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls an agent's {@link Converger} for each document of the ledger until the host is as the
 * document asks, and ever again to keep it so.
 *
 * <p>For one key at most one run goes on at a time; whatever wakes the key during a run causes
 * exactly one more run, which reads the ledger anew, so no change is lost and none is carried in a
 * message. Different keys run side by side. When a run ends, the next one is set by what came of
 * it:
 *
 * <ul>
 *   <li>{@link Step.Settled}: after the period, to repair drift; a tombstone much less often, until
 *       the ledger drops it;
 *   <li>{@link Step.Again}: when the step says;
 *   <li>a fault that may pass: after a delay that doubles from {@link Pace#firstRetry} to {@link
 *       Pace#longestRetry}, with jitter;
 *   <li>a fault of the document itself: when the document has another generation.
 * </ul>
 */
public final class Convergence implements AutoCloseable {
  /** Settled tombstones are looked at only every so many periods: nothing comes back by itself. */
  private static final int TOMBSTONE_PERIODS = 20;

  private static final Duration SHORTEST_WAIT = Duration.ofMillis(10);
  private static final Duration STOPPING = Duration.ofMillis(1500);
  private static final Logger log = LoggerFactory.getLogger(Convergence.class);

  private final Ledger ledger;
  private final Converger converger;
  private final Pace pace;
  private final ExecutorService workers;
  private final Timers timers;
  private final RandomGenerator random;
  private final Runnable changed;

  private final Object lock = new Object();
  private final Map<DocumentKey, Track> tracks = new HashMap<>();
  private boolean closed;

  /**
   * How fast convergence goes.
   *
   * @param workers how many keys may be converged at a time
   * @param period how often a settled document is looked at again
   * @param firstRetry delay after a first failure
   * @param longestRetry delay that the doubling ends at
   */
  public record Pace(int workers, Duration period, Duration firstRetry, Duration longestRetry) {
    public static final Pace USUAL =
        new Pace(8, Duration.ofSeconds(30), Duration.ofMillis(500), Duration.ofSeconds(30));
  }

  /** What is known of one key; guarded by the lock. */
  private static final class Track {
    private boolean queued;
    private boolean running;
    private boolean woken;
    private int failures;
    private Timers.Timer timer = () -> {};
    private Observation observation;
  }

  /** What came of one run; {@code next} is empty if only another document helps. */
  private record Outcome(Observation observation, Optional<Duration> next) {}

  /**
   * Makes a convergence that rests until {@link #start}.
   *
   * @param workers runs the converger; must be platform threads, because libvirt keeps its last
   *     error for each thread of the operating system
   * @param changed called, outside of any lock, whenever an observation has changed
   */
  Convergence(
      Ledger ledger,
      Converger converger,
      Pace pace,
      ExecutorService workers,
      Timers timers,
      RandomGenerator random,
      Runnable changed) {
    this.ledger = ledger;
    this.converger = converger;
    this.pace = pace;
    this.workers = workers;
    this.timers = timers;
    this.random = random;
    this.changed = changed;
  }

  /** Threads as the converger needs them. */
  static ExecutorService workers(int count) {
    return Executors.newFixedThreadPool(count, Thread.ofPlatform().name("converge-", 1).factory());
  }

  /** Converges everything in the ledger. */
  public void start() {
    for (DesiredDocument document : ledger.documents()) {
      wake(DocumentKey.of(document));
    }
  }

  /** Converges a key soon, if the ledger has it; during a run this causes exactly one more run. */
  void wake(DocumentKey key) {
    synchronized (lock) {
      if (!closed && ledger.find(key).isPresent() && converger.kinds().contains(key.kind())) {
        request(key, tracks.computeIfAbsent(key, k -> new Track()));
      }
    }
  }

  /** Converges every key of a kind soon. */
  void wakeAll(DocumentKind kind) {
    for (DesiredDocument document : ledger.documents()) {
      if (document.kind() == kind) {
        wake(DocumentKey.of(document));
      }
    }
  }

  /** What was last seen of a document; empty before its first run has ended. */
  Optional<Observation> observation(DocumentKey key) {
    synchronized (lock) {
      return Optional.ofNullable(tracks.get(key)).map(t -> t.observation);
    }
  }

  /** One for each document of the ledger; generation 0 for one that was never worked on. */
  public List<Observation> observations() {
    synchronized (lock) {
      return ledger.documents().stream()
          .map(
              d -> {
                Track track = tracks.get(DocumentKey.of(d));
                return track == null || track.observation == null
                    ? new Observation(d.kind(), d.key(), 0, false, null, null)
                    : track.observation;
              })
          .toList();
    }
  }

  /** Whether every document was worked on at least once since the start. */
  boolean everythingSeen() {
    return observations().stream().allMatch(o -> o.generation() > 0);
  }

  private void request(DocumentKey key, Track track) {
    if (track.running) {
      track.woken = true;
    } else if (!track.queued && !refused(key, track)) {
      track.timer.cancel();
      track.queued = true;
      workers.execute(() -> run(key));
    }
  }

  /** Whether the document failed in a way that only another generation of it can mend. */
  private boolean refused(DocumentKey key, Track track) {
    Observation last = track.observation;
    return last != null
        && last.fault() != null
        && !last.fault().retried()
        && ledger.find(key).filter(d -> d.generation() == last.generation()).isPresent();
  }

  private void run(DocumentKey key) {
    DesiredDocument document;
    Observation before;
    synchronized (lock) {
      Track track = tracks.get(key);
      track.queued = false;
      document = ledger.find(key).orElse(null);
      if (closed) {
        return;
      }
      if (document == null) {
        tracks.remove(key);
        return;
      }
      before = track.observation;
      if (before == null || before.generation() != document.generation()) {
        track.failures = 0;
      }
      track.running = true;
      track.woken = false;
    }
    Outcome outcome = attempt(document, before);
    synchronized (lock) {
      Track track = tracks.get(key);
      track.running = false;
      if (closed) {
        return;
      }
      track.observation = outcome.observation();
      track.failures = outcome.observation().fault() == null ? 0 : track.failures + 1;
      if (track.woken) {
        request(key, track);
      }
      if (!track.queued) {
        outcome.next().ifPresent(d -> track.timer = timers.after(delay(track, d), () -> look(key)));
      }
    }
    if (!outcome.observation().equals(before)) {
      changed.run();
    }
  }

  private Outcome attempt(DesiredDocument document, Observation before) {
    try {
      Step step = converger.converge(document);
      return switch (step) {
        case Step.Settled settled -> settled(document, settled, before);
        case Step.Again again -> again(document, again);
      };
    } catch (AgentException e) {
      return failed(document, e.fault(), before, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(document, new AgentFault(AgentFault.Code.NOT_READY, "interrupted"), before, e);
    } catch (RuntimeException | Error e) {
      log.error("converging {} failed unexpectedly", DocumentKey.of(document), e);
      return failed(document, new AgentFault(AgentFault.Code.HOST_ERROR, e.toString()), before, e);
    }
  }

  private Outcome settled(DesiredDocument document, Step.Settled step, Observation before) {
    if (before == null || !before.settled() || before.generation() != document.generation()) {
      log.info("{} settled at generation {}", DocumentKey.of(document), document.generation());
    }
    return new Outcome(
        new Observation(
            document.kind(), document.key(), document.generation(), true, step.status(), null),
        Optional.of(
            document.present() ? pace.period() : pace.period().multipliedBy(TOMBSTONE_PERIODS)));
  }

  private Outcome again(DesiredDocument document, Step.Again step) {
    log.debug("{} waits for {}", DocumentKey.of(document), step.waitingFor());
    return new Outcome(
        new Observation(
            document.kind(), document.key(), document.generation(), false, step.status(), null),
        Optional.of(step.after()));
  }

  private Outcome failed(
      DesiredDocument document, AgentFault fault, Observation before, Throwable cause) {
    if (before == null || !fault.equals(before.fault())) {
      log.warn("{} failed: {} {}", DocumentKey.of(document), fault.code(), fault.message());
      log.debug("{} failed", DocumentKey.of(document), cause);
    }
    // What was seen while working on another generation says nothing of this one.
    boolean same = before != null && before.generation() == document.generation();
    ResourceStatus status = same ? before.status() : null;
    return new Outcome(
        new Observation(
            document.kind(), document.key(), document.generation(), false, status, fault),
        fault.retried() ? Optional.of(pace.firstRetry()) : Optional.empty());
  }

  /** How long to wait, with the back-off of a failure and jitter where many could fall together. */
  private Duration delay(Track track, Duration asked) {
    Observation last = track.observation;
    if (last.fault() == null && !last.settled()) {
      return asked.compareTo(SHORTEST_WAIT) < 0 ? SHORTEST_WAIT : asked;
    }
    if (last.settled()) {
      return scaled(asked, 0.8 + 0.4 * random.nextDouble());
    }
    int doublings = Math.min(track.failures - 1, 16);
    Duration jittered = scaled(asked, (1L << doublings) * (1 + 0.5 * random.nextDouble()));
    return jittered.compareTo(pace.longestRetry()) < 0 ? jittered : pace.longestRetry();
  }

  private static Duration scaled(Duration duration, double factor) {
    return Duration.ofNanos((long) (duration.toNanos() * factor));
  }

  /** A timer's look at a key: drops a tombstone that has served its time, or converges. */
  private void look(DocumentKey key) {
    if (restsAsTombstone(key) && dropped(key)) {
      changed.run();
    } else {
      wake(key);
    }
  }

  private boolean restsAsTombstone(DocumentKey key) {
    synchronized (lock) {
      Track track = tracks.get(key);
      return track != null
          && !track.queued
          && !track.running
          && track.observation.settled()
          && ledger
              .find(key)
              .filter(d -> !d.present() && d.generation() == track.observation.generation())
              .isPresent();
    }
  }

  private boolean dropped(DocumentKey key) {
    try {
      if (!ledger.dropExpired(key)) {
        return false;
      }
    } catch (IOException e) {
      log.warn("cannot drop the tombstone of {}: {}", key, e.getMessage());
      return false;
    }
    synchronized (lock) {
      Track track = tracks.get(key);
      if (track != null && !track.queued && !track.running && ledger.find(key).isEmpty()) {
        tracks.remove(key);
      }
    }
    log.info("{} is long absent; its tombstone is dropped", key);
    return true;
  }

  /** Starts no further run and interrupts those that go on; the host stays as it is. */
  @Override
  public void close() {
    synchronized (lock) {
      closed = true;
      tracks.values().forEach(t -> t.timer.cancel());
    }
    workers.shutdownNow();
    try {
      if (!workers.awaitTermination(STOPPING.toMillis(), TimeUnit.MILLISECONDS)) {
        log.warn("some runs did not end within {}; they are left", STOPPING);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
