package io.hanok.agent.runtime;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Timers in real time, on one thread of their own. */
final class ThreadTimers implements Timers, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ThreadTimers.class);

  private final ScheduledThreadPoolExecutor executor;

  ThreadTimers() {
    executor =
        new ScheduledThreadPoolExecutor(1, Thread.ofPlatform().name("timers").daemon().factory());
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public Timer after(Duration delay, Runnable action) {
    Future<?> future =
        executor.schedule(() -> guarded(action), delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  private static void guarded(Runnable action) {
    try {
      action.run();
    } catch (RuntimeException e) {
      log.error("a timer's action failed", e);
    }
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
