package io.hanok.network;

import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.runtime.Wakeups;
import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes the convergence when the host changed by itself: at once when the kernel tells of a tap
 * that a document names, and by a look each second for everything else and for what was missed.
 */
final class HostWatch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(HostWatch.class);
  private static final Duration LOOK = Duration.ofSeconds(1);
  private static final Duration RESTART = Duration.ofSeconds(5);
  private static final Pattern NEW_LINK = Pattern.compile("^\\d+: ([^:@\\s]+)[:@].*");

  private final HostView view;
  private final Wakeups wakeups;
  private volatile boolean closed;
  private volatile Process monitor;
  private Thread looking;
  private Thread listening;

  HostWatch(HostView view, Wakeups wakeups) {
    this.view = view;
    this.wakeups = wakeups;
  }

  void start() {
    looking = Thread.ofPlatform().name("network-look").daemon().start(this::look);
    listening = Thread.ofPlatform().name("network-listen").daemon().start(this::listen);
  }

  private void look() {
    boolean odd = false;
    while (!closed) {
      try {
        Thread.sleep(LOOK);
        odd = !odd;
        if (view.changed() || (odd && view.newlyHeard())) {
          wakeups.wakeAll(DocumentKind.HOST_NETWORK);
        }
      } catch (InterruptedException e) {
        return;
      } catch (RuntimeException e) {
        log.debug("looking at the host's networks failed; a convergence will say why", e);
        wakeups.wakeAll(DocumentKind.HOST_NETWORK);
      }
    }
  }

  private void listen() {
    while (!closed) {
      try {
        monitor = new ProcessBuilder("ip", "-o", "monitor", "link").start();
        try (BufferedReader lines = monitor.inputReader()) {
          for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Matcher matcher = NEW_LINK.matcher(line);
            if (matcher.matches() && view.awaited(matcher.group(1))) {
              wakeups.wakeAll(DocumentKind.HOST_NETWORK);
            }
          }
        }
        Thread.sleep(RESTART);
      } catch (InterruptedException e) {
        return;
      } catch (IOException e) {
        log.debug("the kernel's news of devices ended; looking goes on", e);
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    Process running = monitor;
    if (running != null) {
      running.destroy();
    }
    if (looking != null) {
      looking.interrupt();
      listening.interrupt();
    }
  }
}
