package io.hanok.control;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Two transactions at once: the second begins when the first has done its work and not committed,
 * and the first commits when the second waits for a row that it holds.
 */
public final class TwoAtOnce {
  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;

  public TwoAtOnce(JdbcClient jdbc, TransactionTemplate transactions) {
    this.jdbc = jdbc;
    this.transactions = transactions;
  }

  /**
   * Runs both.
   *
   * @return what came of the second
   * @throws Exception what the second threw
   */
  public <T> T run(Runnable first, Callable<T> second) throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    CountDownLatch commit = new CountDownLatch(1);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<?> one =
          threads.submit(
              () ->
                  transactions.executeWithoutResult(
                      status -> {
                        first.run();
                        // What the first has changed is written before the second looks.
                        status.flush();
                        done.countDown();
                        await(commit);
                      }));
      Future<T> two =
          threads.submit(
              () -> {
                await(done);
                return transactions.execute(status -> call(second));
              });
      try {
        awaitWaiting();
      } finally {
        commit.countDown();
      }
      one.get();
      return two.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  private void awaitWaiting() throws InterruptedException {
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    while (jdbc.sql(
                """
                SELECT count(*) FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """)
            .query(Long.class)
            .single()
        == 0) {
      assertThat(Instant.now()).as("the second has not come to wait").isBefore(end);
      Thread.sleep(10);
    }
  }

  private static <T> T call(Callable<T> work) {
    try {
      return work.call();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
