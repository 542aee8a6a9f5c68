package io.hanok.control.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.control.ControlPlaneTest;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

@ControlPlaneTest
class WorkQueueTest {
  private static final List<String> KINDS = List.of("test");

  @Autowired WorkQueue queue;
  @Autowired JdbcClient jdbc;
  @Autowired TransactionTemplate transactions;

  @BeforeEach
  void emptyQueue() {
    jdbc.sql("DELETE FROM work_item").update();
  }

  @Test
  void aSettledKeyIsGone() {
    queue.wake("test", "a");
    queue.settle(takeOne());
    assertThat(queue.take(KINDS, 10)).isEmpty();
    assertThat(rows()).isZero();
  }

  @Test
  void aKeyIsHeldByOneWorker() {
    queue.wake("test", "a");
    takeOne();
    assertThat(queue.take(KINDS, 10)).isEmpty();
  }

  @Test
  void aWakeUpDuringARunCausesExactlyOneMore() {
    queue.wake("test", "a");
    WorkQueue.Taken first = takeOne();
    queue.wake("test", "a");
    queue.wake("test", "a");
    queue.settle(first);
    queue.settle(takeOne());
    assertThat(queue.take(KINDS, 10)).isEmpty();
  }

  @Test
  void aWakeUpDuringARunOvertakesAPostponement() {
    queue.wake("test", "a");
    WorkQueue.Taken first = takeOne();
    queue.wake("test", "a");
    queue.postpone(first, Duration.ofHours(1), Duration.ofHours(1), "a long time", null);
    assertThat(queue.take(KINDS, 10)).hasSize(1);
  }

  @Test
  void aRolledBackTransactionWakesNobody() {
    transactions.executeWithoutResult(
        status -> {
          queue.wake("test", "a");
          status.setRollbackOnly();
        });
    assertThat(queue.take(KINDS, 10)).isEmpty();
  }

  @Test
  void aLeaseThatRanOutIsTakenByAnother() {
    queue.wake("test", "a");
    WorkQueue.Taken dead = takeOne();
    jdbc.sql("UPDATE work_item SET lease_until = now() - interval '1 second'").update();
    WorkQueue.Taken next = takeOne();

    assertThatThrownBy(() -> queue.lease(dead).write(() -> {})).isInstanceOf(Lease.Lost.class);
    assertThat(queue.extend(dead)).isFalse();
    queue.settle(dead);
    assertThat(rows()).isOne();
    queue.lease(next).write(() -> {});
    queue.settle(next);
    assertThat(rows()).isZero();
  }

  @Test
  void afterAFailureTheAttemptsCountAndAfterProgressTheyStartAnew() {
    queue.wake("test", "a");
    queue.postpone(takeOne(), Duration.ZERO, Duration.ofMinutes(1), null, "no");
    WorkQueue.Taken second = takeOne();
    assertThat(second.attempt()).isEqualTo(2);
    queue.postpone(second, Duration.ZERO, Duration.ofMinutes(1), "something", null);
    assertThat(takeOne().attempt()).isEqualTo(1);
  }

  @Test
  void anItemPastItsDeadlineComplains() {
    queue.wake("test", "a");
    queue.postpone(takeOne(), Duration.ofHours(1), Duration.ofMinutes(5), "a host", null);
    assertThat(queue.late()).isEmpty();
    jdbc.sql("UPDATE work_item SET deadline_at = now() - interval '1 second'").update();
    assertThat(queue.late()).containsExactly("test a: waits for a host");
  }

  private WorkQueue.Taken takeOne() {
    List<WorkQueue.Taken> taken = queue.take(KINDS, 10);
    assertThat(taken).hasSize(1);
    return taken.getFirst();
  }

  private long rows() {
    return jdbc.sql("SELECT count(*) FROM work_item").query(Long.class).single();
  }
}
