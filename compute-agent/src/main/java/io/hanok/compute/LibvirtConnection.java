package io.hanok.compute;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.runtime.AgentException;
import java.util.concurrent.locks.LockSupport;
import org.libvirt.Connect;
import org.libvirt.Error.ErrorNumber;
import org.libvirt.Library;
import org.libvirt.LibvirtException;
import org.libvirt.jna.Libvirt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to libvirtd, opened again whenever the daemon goes away, with the listeners
 * registered anew each time.
 *
 * <p>A lost connection is left to the garbage collector, because other threads may be inside a call
 * with it.
 */
final class LibvirtConnection implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LibvirtConnection.class);
  private static final long RETRY_NANOS = 500_000_000L;
  private static final int KEEP_ALIVE_SECONDS = 5;
  private static final int KEEP_ALIVE_MISSES = 5;

  private final String uri;
  private final Setup setup;
  private final Thread keeper;
  private volatile OpenConnect connect;
  private volatile boolean closed;
  private volatile String lastFailure = "not connected yet";

  /** Registers listeners on a new connection. */
  @FunctionalInterface
  interface Setup {
    void on(OpenConnect connect);
  }

  /** A call of libvirt. */
  @FunctionalInterface
  interface Call<T> {
    T on(OpenConnect connect) throws LibvirtException;
  }

  LibvirtConnection(String uri, Setup setup) {
    this.uri = uri;
    this.setup = setup;
    EventLoop.ensureRunning();
    this.keeper = Thread.ofPlatform().daemon().name("libvirt-connection").unstarted(this::keep);
    open();
    keeper.start();
  }

  /**
   * Makes a call.
   *
   * @throws AgentException NOT_READY if libvirtd does not answer, HOST_ERROR with libvirt's own
   *     words if it refuses
   */
  <T> T call(Call<T> call) {
    OpenConnect current = connect;
    if (current == null) {
      throw new AgentException(
          AgentFault.Code.NOT_READY, "libvirt does not answer at " + uri + ": " + lastFailure);
    }
    try {
      return call.on(current);
    } catch (LibvirtException e) {
      if (!alive(current)) {
        lose(current, e.getMessage());
        throw new AgentException(
            AgentFault.Code.NOT_READY, "libvirt went away: " + e.getMessage(), e);
      }
      throw new AgentException(AgentFault.Code.HOST_ERROR, "libvirt: " + e.getMessage(), e);
    }
  }

  /** Whether an error says that a domain does not exist. */
  static boolean isNoDomain(LibvirtException e) {
    return e.getError() != null && e.getError().getCode() == ErrorNumber.VIR_ERR_NO_DOMAIN;
  }

  private static boolean alive(Connect connect) {
    try {
      return connect.isAlive();
    } catch (LibvirtException e) {
      return false;
    }
  }

  /** A connection was closed from the other side; called on libvirt's event thread. */
  void closed(long address) {
    OpenConnect current = connect;
    if (current != null && current.address() == address) {
      lose(current, "the connection was closed");
    }
  }

  private void lose(OpenConnect lost, String why) {
    if (connect == lost) {
      connect = null;
      lastFailure = why;
      LockSupport.unpark(keeper);
    }
  }

  private void keep() {
    while (!closed) {
      if (connect == null) {
        open();
      }
      LockSupport.parkNanos(connect == null ? RETRY_NANOS : Long.MAX_VALUE);
    }
  }

  private void open() {
    try {
      OpenConnect opened = new OpenConnect(uri);
      opened.setKeepAlive(KEEP_ALIVE_SECONDS, KEEP_ALIVE_MISSES);
      connect = opened;
      setup.on(opened);
      LOG.info("connected to {}", uri);
    } catch (LibvirtException | AgentException e) {
      connect = null;
      if (!e.getMessage().equals(lastFailure)) {
        LOG.warn("libvirt does not answer at {}: {}", uri, e.getMessage());
      }
      lastFailure = e.getMessage();
    }
  }

  @Override
  public void close() {
    closed = true;
    connect = null;
    LockSupport.unpark(keeper);
  }

  /** libvirt's event loop: one for the process, and before the first connection. */
  private static final class EventLoop {
    /** libvirt writes errors to stderr unless told otherwise; held here against collection. */
    private static final Libvirt.VirErrorCallback SILENT = (userData, error) -> {};

    private static final Thread THREAD = start();

    private EventLoop() {}

    static void ensureRunning() {
      if (!THREAD.isAlive()) {
        throw new IllegalStateException("libvirt's event loop has ended");
      }
    }

    private static Thread start() {
      try {
        Connect.setErrorCallback(SILENT);
        Library.initEventLoop();
      } catch (LibvirtException e) {
        throw new IllegalStateException("libvirt's event loop cannot be made", e);
      }
      return Thread.ofPlatform().daemon().name("libvirt-events").start(EventLoop::run);
    }

    private static void run() {
      while (true) {
        try {
          Library.processEvent();
        } catch (LibvirtException e) {
          LOG.warn("libvirt's event loop: {}", e.getMessage());
        }
      }
    }
  }
}
