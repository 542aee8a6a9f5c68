package io.hanok.storage;

import io.hanok.agent.runtime.AgentException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.function.IntConsumer;

/**
 * {@link ImageTools} without QEMU: takes every image for the raw disk itself, and can fail or wait
 * on order.
 */
public final class SimImageTools implements ImageTools {
  private final Deque<AgentException> failures = new ArrayDeque<>();
  private CountDownLatch gate = new CountDownLatch(0);
  private int conversions;

  /** Lets the next conversion fail. */
  public synchronized void failNext(AgentException failure) {
    failures.add(failure);
  }

  /** Lets conversions wait at half of their way for the gate. */
  public synchronized void waitFor(CountDownLatch opened) {
    gate = opened;
  }

  /** How many conversions were begun. */
  public synchronized int conversions() {
    return conversions;
  }

  @Override
  public Content inspect(Path image, String format) {
    try {
      return new Content(Files.size(image), Files.size(image));
    } catch (IOException e) {
      throw HostFailures.of("cannot inspect " + image, e);
    }
  }

  @Override
  public void convert(Path image, String format, Path target, IntConsumer percent)
      throws InterruptedException {
    CountDownLatch opened;
    synchronized (this) {
      conversions++;
      opened = gate;
      if (!failures.isEmpty()) {
        throw failures.remove();
      }
    }
    percent.accept(50);
    opened.await();
    try (FileChannel from = FileChannel.open(image, StandardOpenOption.READ);
        FileChannel to = FileChannel.open(target, StandardOpenOption.WRITE)) {
      from.transferTo(0, from.size(), to);
    } catch (IOException e) {
      throw HostFailures.of("cannot convert " + image, e);
    }
    percent.accept(100);
  }
}
