package io.hanok.control.reconcile;

import java.util.UUID;
import java.util.function.Supplier;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** A worker's right to one work item; every write goes through it and fails once it is lost. */
public final class Lease {
  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final String kind;
  private final String key;
  private final UUID token;

  Lease(JdbcClient jdbc, TransactionTemplate transactions, String kind, String key, UUID token) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.kind = kind;
    this.key = key;
    this.token = token;
  }

  /** Another worker holds the item now; whatever this one meant to write is not written. */
  public static final class Lost extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Lost(String kind, String key) {
      super("the lease of " + kind + " " + key + " was lost");
    }
  }

  /**
   * Runs a transaction that commits only if the lease is still held at its end.
   *
   * <p>The item is looked at last, because callers of the API lock the resource first and then wake
   * its item: the other order could deadlock with them.
   *
   * @throws Lost if it is not; nothing is written then
   */
  public <T> T write(Supplier<T> work) {
    return transactions.execute(
        status -> {
          T result = work.get();
          boolean held =
              jdbc.sql(
                      """
                      SELECT true FROM work_item
                      WHERE kind = :kind AND key = :key AND lease_token = :token
                      FOR SHARE
                      """)
                  .param("kind", kind)
                  .param("key", key)
                  .param("token", token)
                  .query(Boolean.class)
                  .optional()
                  .orElse(false);
          if (!held) {
            throw new Lost(kind, key);
          }
          return result;
        });
  }

  /** As {@link #write(Supplier)}, without a result. */
  public void write(Runnable work) {
    write(
        () -> {
          work.run();
          return null;
        });
  }
}
