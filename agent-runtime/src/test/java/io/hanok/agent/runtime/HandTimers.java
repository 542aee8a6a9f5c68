package io.hanok.agent.runtime;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Timers that go off when a test moves their clock. */
final class HandTimers implements Timers {
  private final HandClock clock;
  private final List<Pending> pending = new ArrayList<>();
  private final List<Duration> asked = new ArrayList<>();

  HandTimers(HandClock clock) {
    this.clock = clock;
  }

  private record Pending(Instant due, Runnable action) {}

  @Override
  public synchronized Timer after(Duration delay, Runnable action) {
    Pending timer = new Pending(clock.instant().plus(delay), action);
    asked.add(delay);
    pending.add(timer);
    return () -> remove(timer);
  }

  private synchronized void remove(Pending timer) {
    pending.remove(timer);
  }

  /** Moves the clock, and calls what falls due, in its order. */
  void advance(Duration duration) {
    Instant end = clock.instant().plus(duration);
    for (Optional<Pending> next = next(end); next.isPresent(); next = next(end)) {
      clock.advance(Duration.between(clock.instant(), next.get().due()));
      remove(next.get());
      next.get().action().run();
    }
    clock.advance(Duration.between(clock.instant(), end));
  }

  private synchronized Optional<Pending> next(Instant end) {
    return pending.stream()
        .filter(p -> !p.due().isAfter(end))
        .min(Comparator.comparing(Pending::due));
  }

  /** All delays ever asked for. */
  synchronized List<Duration> asked() {
    return List.copyOf(asked);
  }

  /** How many are to come. */
  synchronized int waiting() {
    return pending.size();
  }
}
