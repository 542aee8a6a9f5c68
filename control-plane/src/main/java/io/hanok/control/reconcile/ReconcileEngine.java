package io.hanok.control.reconcile;

import io.hanok.control.shared.HanokProperties;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Takes due work items and has their reconcilers run, as many at once as there are workers. */
@Component
public class ReconcileEngine implements SmartLifecycle {
  private static final Logger LOG = LoggerFactory.getLogger(ReconcileEngine.class);
  private static final double POLL_SECONDS = 1.0;
  private static final Duration FIRST_RETRY = Duration.ofMillis(300);
  private static final Duration LAST_RETRY = Duration.ofSeconds(30);

  private final WorkQueue queue;
  private final WorkSignal signal;
  private final RandomGenerator random;
  private final Map<String, Reconciler> reconcilers = new HashMap<>();
  private final Semaphore free;
  private final int workers;
  private final boolean automatic;
  private ExecutorService threads;
  private Thread dispatcher;
  private volatile boolean running;

  public ReconcileEngine(
      WorkQueue queue,
      WorkSignal signal,
      RandomGenerator random,
      List<Reconciler> reconcilers,
      HanokProperties properties,
      @Value("${hanok.reconcile-automatically:true}") boolean automatic) {
    this.queue = queue;
    this.signal = signal;
    this.random = random;
    this.workers = properties.workers();
    this.free = new Semaphore(workers);
    this.automatic = automatic;
    for (Reconciler r : reconcilers) {
      if (this.reconcilers.put(r.kind(), r) != null) {
        throw new IllegalStateException("two reconcilers for " + r.kind());
      }
    }
  }

  @Override
  public void start() {
    running = true;
    threads = Executors.newVirtualThreadPerTaskExecutor();
    dispatcher = Thread.ofPlatform().name("reconcile").start(this::dispatch);
  }

  @Override
  public boolean isAutoStartup() {
    return automatic;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  @Override
  public void stop() {
    running = false;
    dispatcher.interrupt();
    threads.shutdown();
    try {
      // What does not end by itself is taken up by whoever leases it next.
      if (!threads.awaitTermination(3, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Runs what is due now, in this thread; returns how many items ran. For tests and tools. */
  public int runDue() {
    List<WorkQueue.Taken> items = queue.take(reconcilers.keySet(), workers);
    items.forEach(this::run);
    return items.size();
  }

  private void dispatch() {
    while (running) {
      try {
        free.acquire();
        int room = 1 + free.drainPermits();
        List<WorkQueue.Taken> items = List.of();
        try {
          items = queue.take(reconcilers.keySet(), room);
        } finally {
          free.release(room - items.size());
        }
        for (WorkQueue.Taken item : items) {
          threads.submit(
              () -> {
                try {
                  run(item);
                } finally {
                  free.release();
                  signal.local();
                }
              });
        }
        if (items.isEmpty()) {
          double seconds = queue.secondsUntilDue(reconcilers.keySet(), POLL_SECONDS);
          signal.await(Math.max(5, Math.round(seconds * 1000)));
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        LOG.warn("taking work failed, trying again: {}", e.toString());
        pause();
      }
    }
  }

  private void run(WorkQueue.Taken item) {
    Reconciler reconciler = reconcilers.get(item.kind());
    String what = item.kind() + " " + item.key();
    try (var heartbeat = new Heartbeat(what, Heartbeat.Pace.USUAL, () -> queue.extend(item))) {
      Outcome outcome = reconciler.reconcile(item.key(), queue.lease(item));
      switch (outcome) {
        case Outcome.Settled s -> queue.settle(item);
        case Outcome.Again a ->
            queue.postpone(item, a.after(), reconciler.deadline(), a.waitingFor(), null);
        case Outcome.Failed f -> fail(item, reconciler, f.error());
      }
    } catch (Lease.Lost lost) {
      LOG.info("{}", lost.getMessage());
    } catch (RuntimeException | Error e) {
      // Nobody looks at what a worker's thread throws.
      LOG.error("{} failed", what, e);
      try {
        fail(item, reconciler, e instanceof Error ? e.toString() : String.valueOf(e.getMessage()));
      } catch (RuntimeException database) {
        LOG.warn("{} waits for its lease to run out", what, database);
      }
    }
  }

  private void fail(WorkQueue.Taken item, Reconciler reconciler, String error) {
    int doublings = Math.min(item.attempt() - 1, 10);
    long most = Math.min(LAST_RETRY.toMillis(), FIRST_RETRY.toMillis() << doublings);
    Duration after = Duration.ofMillis(most / 2 + random.nextLong(most / 2 + 1));
    queue.postpone(item, after, reconciler.deadline(), null, error);
  }

  private void pause() {
    try {
      Thread.sleep(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
