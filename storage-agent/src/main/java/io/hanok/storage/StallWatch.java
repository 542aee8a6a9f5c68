package io.hanok.storage;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Ends a stream whose other side has sent nothing for too long, so that no reader waits for ever.
 */
final class StallWatch implements AutoCloseable {
  private final InputStream watched;
  private final Duration patience;
  private final AtomicLong reads = new AtomicLong();
  private final AtomicBoolean stalled = new AtomicBoolean();
  private final Thread watcher;

  StallWatch(InputStream stream, Duration patience) {
    this.patience = patience;
    this.watched =
        new FilterInputStream(stream) {
          @Override
          public int read(byte[] buffer, int offset, int length) throws IOException {
            try {
              int count = super.read(buffer, offset, length);
              reads.incrementAndGet();
              if (!stalled.get()) {
                return count;
              }
            } catch (IOException e) {
              if (!stalled.get()) {
                throw e;
              }
            }
            throw new IOException("the server sent nothing for " + patience);
          }
        };
    this.watcher = Thread.ofVirtual().start(() -> watch(stream));
  }

  /** The stream to read from. */
  InputStream watched() {
    return watched;
  }

  private void watch(InputStream stream) {
    try {
      for (long before = -1; before != reads.get(); ) {
        before = reads.get();
        Thread.sleep(patience);
      }
      stalled.set(true);
      stream.close();
    } catch (InterruptedException | IOException ended) {
      // The reader is done, or finds the stream broken by itself.
    }
  }

  @Override
  public void close() {
    watcher.interrupt();
  }
}
