package io.hanok.agent.runtime;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.HostFacts;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.id.HostId;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the control plane what the agent sees: at once when something changed, and as a heartbeat.
 *
 * <p>Two threads share the work, so that a slow look over the host delays no news: one refreshes
 * the inventory and the facts once for each heartbeat; the other sends, one report at a time,
 * always the newest state, at least 20 ms after the last. The first report waits until every
 * document was looked at once, or for one heartbeat. What could not be sent is not kept: the next
 * report says it all.
 */
public final class Reporter implements AutoCloseable {
  private static final Duration GAP = Duration.ofMillis(20);
  private static final Duration FIRST_RETRY = Duration.ofMillis(250);
  private static final Duration LONGEST_RETRY = Duration.ofSeconds(5);
  private static final Logger log = LoggerFactory.getLogger(Reporter.class);

  private final Speaker speaker;
  private final Convergence convergence;
  private final Converger converger;
  private final Ledger ledger;
  private final Destination destination;
  private final Duration heartbeat;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();
  private boolean dirty;
  private boolean closed;
  private boolean looked;
  private HostFacts facts = HostFacts.NONE;
  private List<HostObject> inventory = List.of();
  private long sequence;
  private Thread sending;
  private Thread looking;

  /**
   * Who reports.
   *
   * @param startedAt when this run of the agent began
   */
  record Speaker(HostId host, AgentName agent, String version, Instant startedAt) {}

  /** Where reports go. */
  @FunctionalInterface
  interface Destination {
    /**
     * Delivers a report.
     *
     * @throws IOException if it was not taken
     */
    void send(AgentReport report) throws IOException, InterruptedException;
  }

  Reporter(
      Speaker speaker,
      Convergence convergence,
      Converger converger,
      Ledger ledger,
      Destination destination,
      Duration heartbeat) {
    this.speaker = speaker;
    this.convergence = convergence;
    this.converger = converger;
    this.ledger = ledger;
    this.destination = destination;
    this.heartbeat = heartbeat;
  }

  /** Begins to report. */
  void start() {
    looking = Thread.ofPlatform().name("inventory").daemon().start(this::look);
    sending = Thread.ofVirtual().name("reporter").start(this::send);
  }

  /** Sends a report soon; many calls may become one report. */
  public void reportSoon() {
    lock.lock();
    try {
      dirty = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void lookEnded() {
    lock.lock();
    try {
      looked = true;
    } finally {
      lock.unlock();
    }
    reportSoon();
  }

  /** The present state, numbered as the next report. */
  public AgentReport report() {
    lock.lock();
    try {
      sequence++;
      return new AgentReport(
          speaker.host(),
          speaker.agent(),
          speaker.startedAt(),
          sequence,
          speaker.version(),
          facts,
          convergence.observations(),
          inventory);
    } finally {
      lock.unlock();
    }
  }

  private void look() {
    boolean failing = false;
    while (!Thread.currentThread().isInterrupted()) {
      try {
        List<HostObject> found = converger.inventory();
        List<HostObject> marked = Documented.by(ledger).mark(found);
        keep(converger.facts(), marked);
        failing = false;
      } catch (RuntimeException | Error e) {
        if (!failing) {
          log.warn("cannot list what is on the host; the last list is reported on", e);
        }
        failing = true;
      }
      lookEnded();
      try {
        Thread.sleep(heartbeat);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void keep(HostFacts newFacts, List<HostObject> newInventory) {
    lock.lock();
    try {
      facts = newFacts;
      inventory = newInventory;
    } finally {
      lock.unlock();
    }
  }

  private void send() {
    try {
      awaitFirstLook();
      int failures = 0;
      while (awaitNews()) {
        try {
          destination.send(report());
          if (failures > 0) {
            log.info("the control plane takes reports again");
          }
          failures = 0;
          Thread.sleep(GAP);
        } catch (IOException e) {
          failures++;
          if (failures == 1) {
            log.warn("cannot report to the control plane, trying on: {}", told(e));
          }
          Thread.sleep(retry(failures));
          reportSoon();
        } catch (RuntimeException e) {
          failures++;
          log.error("a report failed unexpectedly", e);
          Thread.sleep(LONGEST_RETRY);
          reportSoon();
        }
      }
    } catch (InterruptedException e) {
      log.debug("the reporter ends");
    }
  }

  private void awaitFirstLook() throws InterruptedException {
    lock.lock();
    try {
      long left = heartbeat.toNanos();
      while (left > 0 && !(looked && convergence.everythingSeen())) {
        left = news.awaitNanos(left);
      }
      dirty = true;
    } finally {
      lock.unlock();
    }
  }

  /** Waits for news; without any, a heartbeat is due anyway should the inventory take too long. */
  private boolean awaitNews() throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(heartbeat.toMillis() * 6 / 5);
      while (!dirty && !closed && left > 0) {
        left = news.awaitNanos(left);
      }
      dirty = false;
      return !closed;
    } finally {
      lock.unlock();
    }
  }

  private static Duration retry(int failures) {
    Duration doubled = FIRST_RETRY.multipliedBy(1L << Math.min(failures - 1, 10));
    return doubled.compareTo(LONGEST_RETRY) < 0 ? doubled : LONGEST_RETRY;
  }

  private static String told(IOException e) {
    return e.getMessage() == null ? e.toString() : e.getMessage();
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
    if (looking != null) {
      looking.interrupt();
      sending.interrupt();
    }
  }
}
