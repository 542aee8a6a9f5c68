package io.hanok.control.reconcile;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The table of work items: waking, taking with a lease, settling. */
@Component
public class WorkQueue {
  static final Duration LEASE = Duration.ofSeconds(30);

  private static final String SIGNALLED = WorkQueue.class.getName() + ".signalled";

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final WorkSignal signal;

  public WorkQueue(JdbcClient jdbc, TransactionTemplate transactions, WorkSignal signal) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.signal = signal;
  }

  /** An item that a worker has taken. */
  record Taken(String kind, String key, long wakeSeq, int attempt, UUID token) {}

  /**
   * Makes a key due now, in the caller's transaction if there is one: the wake-up is never lost and
   * never early.
   */
  public void wake(String kind, String key) {
    wakeAll(kind, List.of(key));
  }

  /** As {@link #wake}, for several keys of a kind in one statement. */
  public void wakeAll(String kind, Collection<String> keys) {
    if (keys.isEmpty()) {
      return;
    }
    transactions.executeWithoutResult(
        status -> {
          jdbc.sql(
                  """
                  INSERT INTO work_item AS w (kind, key)
                  SELECT DISTINCT :kind, k FROM unnest(string_to_array(:keys, ',')) AS k ORDER BY k
                  ON CONFLICT (kind, key) DO UPDATE
                  SET wake_seq = w.wake_seq + 1, due_at = least(w.due_at, now())
                  """)
              .param("kind", kind)
              .param("keys", String.join(",", keys))
              .update();
          signalAfterCommit();
        });
  }

  /** Takes up to a number of due items of the given kinds. */
  List<Taken> take(Collection<String> kinds, int most) {
    UUID token = UUID.randomUUID();
    return jdbc.sql(
            """
            UPDATE work_item SET
              lease_token = :token, lease_until = now() + make_interval(secs => :lease),
              attempt = attempt + 1
            WHERE (kind, key) IN (
              SELECT kind, key FROM work_item
              WHERE kind = ANY(string_to_array(:kinds, ',')) AND due_at <= now()
                AND (lease_until IS NULL OR lease_until < now())
              ORDER BY due_at LIMIT :most FOR UPDATE SKIP LOCKED)
            RETURNING kind, key, wake_seq, attempt, lease_token
            """)
        .param("token", token)
        .param("lease", (double) LEASE.toSeconds())
        .param("kinds", String.join(",", kinds))
        .param("most", most)
        .query(
            (row, n) ->
                new Taken(
                    row.getString("kind"),
                    row.getString("key"),
                    row.getLong("wake_seq"),
                    row.getInt("attempt"),
                    row.getObject("lease_token", UUID.class)))
        .list();
  }

  /** Holds on to an item that takes long; false once the lease is lost. */
  boolean extend(Taken item) {
    return jdbc.sql(
                """
                UPDATE work_item SET lease_until = now() + make_interval(secs => :lease)
                WHERE kind = :kind AND key = :key AND lease_token = :token
                """)
            .param("lease", (double) LEASE.toSeconds())
            .param("kind", item.kind())
            .param("key", item.key())
            .param("token", item.token())
            .update()
        == 1;
  }

  /** Ends a run: the item goes, or becomes due once more if it was woken meanwhile. */
  void settle(Taken item) {
    int gone =
        jdbc.sql(
                """
                DELETE FROM work_item
                WHERE kind = :kind AND key = :key AND lease_token = :token AND wake_seq = :seq
                """)
            .param("kind", item.kind())
            .param("key", item.key())
            .param("token", item.token())
            .param("seq", item.wakeSeq())
            .update();
    if (gone == 0) {
      postpone(item, Duration.ZERO, Duration.ZERO, null, null);
    }
  }

  /**
   * Ends a run that has more to do.
   *
   * @param after when to look again, unless it was woken meanwhile: then at once
   * @param deadline from when, counted from the first postponement, it complains; zero clears it
   */
  void postpone(Taken item, Duration after, Duration deadline, String waitingFor, String error) {
    jdbc.sql(
            """
            UPDATE work_item SET
              lease_token = NULL, lease_until = NULL,
              due_at = CASE WHEN wake_seq = :seq
                THEN now() + make_interval(secs => :after) ELSE now() END,
              attempt = CASE WHEN :error::text IS NULL THEN 0 ELSE attempt END,
              deadline_at = CASE WHEN :deadline::float8 = 0 THEN NULL
                ELSE coalesce(deadline_at, now() + make_interval(secs => :deadline)) END,
              waiting_for = :waitingFor, last_error = :error
            WHERE kind = :kind AND key = :key AND lease_token = :token
            """)
        .param("seq", item.wakeSeq())
        .param("after", after.toMillis() / 1000.0)
        .param("deadline", deadline.toMillis() / 1000.0)
        .param("waitingFor", waitingFor)
        .param("error", error)
        .param("kind", item.kind())
        .param("key", item.key())
        .param("token", item.token())
        .update();
    if (after.isZero()) {
      signal.local();
    }
  }

  Lease lease(Taken item) {
    return new Lease(jdbc, transactions, item.kind(), item.key(), item.token());
  }

  /** Seconds until the next item of these kinds is due, at most the given number. */
  double secondsUntilDue(Collection<String> kinds, double most) {
    return jdbc.sql(
            """
            SELECT least(:most, greatest(0, coalesce(extract(epoch FROM
              min(greatest(due_at, coalesce(lease_until, due_at))) - now()), :most)))::float8
            FROM work_item WHERE kind = ANY(string_to_array(:kinds, ','))
            """)
        .param("most", most)
        .param("kinds", String.join(",", kinds))
        .query(Double.class)
        .single();
  }

  /** Items past their deadline that complain for the first time since the given age. */
  List<String> late() {
    return jdbc.sql(
            """
            SELECT kind || ' ' || key || ': ' || coalesce(last_error, 'waits for ' || waiting_for, '')
            FROM work_item WHERE deadline_at < now() ORDER BY deadline_at LIMIT 50
            """)
        .query(String.class)
        .list();
  }

  private void signalAfterCommit() {
    if (TransactionSynchronizationManager.hasResource(SIGNALLED)) {
      return;
    }
    TransactionSynchronizationManager.bindResource(SIGNALLED, true);
    TransactionSynchronizationManager.registerSynchronization(
        new TransactionSynchronization() {
          @Override
          public void afterCommit() {
            signal.everywhere();
          }

          @Override
          public void afterCompletion(int status) {
            TransactionSynchronizationManager.unbindResourceIfPossible(SIGNALLED);
          }
        });
  }
}
