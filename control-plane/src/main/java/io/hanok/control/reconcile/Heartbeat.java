package io.hanok.control.reconcile;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds on to the lease of a run that takes long: through a failing database for as long as the
 * lease lasts, and not for ever, so that a run that hangs is taken over.
 */
final class Heartbeat implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Heartbeat.class);

  private final String what;
  private final Pace pace;
  private final BooleanSupplier extend;
  private final Thread thread;

  /**
   * How often, and how long.
   *
   * @param period between extensions
   * @param retry between attempts while the database fails
   * @param lease how long an extension lasts
   * @param most how long a run's lease is extended
   */
  record Pace(Duration period, Duration retry, Duration lease, Duration most) {
    static final Pace USUAL =
        new Pace(
            WorkQueue.LEASE.dividedBy(3),
            Duration.ofSeconds(1),
            WorkQueue.LEASE,
            Duration.ofMinutes(10));
  }

  /**
   * Begins.
   *
   * @param what the work, in words for the log
   * @param extend extends the lease, or says that it is lost
   */
  Heartbeat(String what, Pace pace, BooleanSupplier extend) {
    this.what = what;
    this.pace = pace;
    this.extend = extend;
    this.thread = Thread.ofVirtual().start(this::beat);
  }

  private void beat() {
    long began = System.nanoTime();
    long extended = began;
    Duration pause = pace.period();
    try {
      while (true) {
        Thread.sleep(pause);
        if (since(began).compareTo(pace.most()) >= 0) {
          LOG.warn("{} runs for {}: its lease is no longer extended", what, since(began));
          return;
        }
        long attempt = System.nanoTime();
        try {
          if (!extend.getAsBoolean()) {
            return;
          }
          extended = attempt;
          pause = pace.period();
        } catch (RuntimeException e) {
          if (since(extended).compareTo(pace.lease()) >= 0) {
            LOG.warn("the lease of {} has run out", what, e);
            return;
          }
          LOG.warn("the lease of {} is not extended, trying again: {}", what, e.toString());
          pause = pace.retry();
        }
      }
    } catch (InterruptedException finished) {
      // The run is over.
    }
  }

  private static Duration since(long nanoTime) {
    return Duration.ofNanos(System.nanoTime() - nanoTime);
  }

  /** Waits until it has given up; for tests. */
  void join() throws InterruptedException {
    thread.join();
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
