package io.hanok.control.reconcile;

import jakarta.annotation.PreDestroy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.postgresql.PGConnection;
import org.postgresql.PGNotification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.jdbc.autoconfigure.DataSourceProperties;
import org.springframework.stereotype.Component;

/**
 * Shortens the wait for work: within this process by a semaphore, to the others by NOTIFY on a
 * connection of its own, coalesced. Nothing depends on it: a signal lost costs a poll interval.
 *
 * <p>NOTIFY inside the transactions themselves would take a database-wide lock through each commit.
 */
@Component
public class WorkSignal {
  private static final Logger LOG = LoggerFactory.getLogger(WorkSignal.class);
  private static final String CHANNEL = "hanok_work";

  private final DataSourceProperties database;
  private final Semaphore pending = new Semaphore(0);
  private final Semaphore outgoing = new Semaphore(0);
  private volatile boolean stopped;
  private final Thread speaker;
  private final Thread listener;

  /** Starts both directions, unless {@code hanok.work-signal=false}: then it stays in-process. */
  public WorkSignal(
      DataSourceProperties database, @Value("${hanok.work-signal:true}") boolean betweenProcesses) {
    this.database = database;
    speaker = Thread.ofPlatform().daemon().name("work-signal-out").unstarted(this::speak);
    listener = Thread.ofPlatform().daemon().name("work-signal-in").unstarted(this::listen);
    if (betweenProcesses) {
      speaker.start();
      listener.start();
    }
  }

  /** Wakes this process and the others. */
  void everywhere() {
    local();
    if (outgoing.availablePermits() == 0) {
      outgoing.release();
    }
  }

  /** Wakes this process. */
  void local() {
    if (pending.availablePermits() == 0) {
      pending.release();
    }
  }

  /** Waits for a signal, or for the given time. */
  void await(long millis) throws InterruptedException {
    if (pending.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
      pending.drainPermits();
    }
  }

  @PreDestroy
  void stop() {
    stopped = true;
    speaker.interrupt();
    listener.interrupt();
  }

  private Connection connect() throws SQLException {
    return java.sql.DriverManager.getConnection(
        database.determineUrl(), database.determineUsername(), database.determinePassword());
  }

  private void speak() {
    whileRunning(
        connection -> {
          outgoing.acquire();
          outgoing.drainPermits();
          try (Statement s = connection.createStatement()) {
            s.execute("NOTIFY " + CHANNEL);
          }
        });
  }

  private void listen() {
    whileRunning(
        new Task() {
          private Connection listening;

          @Override
          public void run(Connection connection) throws SQLException {
            if (listening != connection) {
              try (Statement s = connection.createStatement()) {
                s.execute("LISTEN " + CHANNEL);
              }
              listening = connection;
              local();
            }
            PGNotification[] received =
                connection.unwrap(PGConnection.class).getNotifications(2000);
            if (received != null && received.length > 0) {
              local();
            }
          }
        });
  }

  private interface Task {
    void run(Connection connection) throws SQLException, InterruptedException;
  }

  private void whileRunning(Task task) {
    while (!stopped) {
      try (Connection connection = connect()) {
        while (!stopped) {
          task.run(connection);
        }
      } catch (SQLException e) {
        if (!stopped) {
          LOG.warn("work signals between processes are interrupted: {}", e.getMessage());
          pause();
        }
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(1000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
