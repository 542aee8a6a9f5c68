package io.hanok.compute;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.runtime.AgentException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** The logs of the guests' serial consoles, which QEMU appends to and this bounds. */
final class Consoles {
  /** What is answered of a log: as much as EC2 keeps. */
  static final int TAIL_BYTES = 64 * 1024;

  /** The size from which a log is cut back to its tail. */
  static final long LIMIT_BYTES = 4L * 1024 * 1024;

  private final Path directory;

  /**
   * Opens the directory of the logs.
   *
   * @param directory made if it is not there
   */
  Consoles(Path directory) {
    this.directory = directory;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw failure("cannot make " + directory, e);
    }
  }

  /** The end of a guest's log; empty if there is none. */
  Optional<byte[]> tail(VmId vm) {
    try (FileChannel channel = FileChannel.open(log(vm), StandardOpenOption.READ)) {
      return Optional.of(tail(channel));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException e) {
      throw failure("cannot read " + log(vm), e);
    }
  }

  /**
   * Cuts a log that has grown too long back to its end. QEMU appends, so it goes on behind; what it
   * writes in between is lost.
   */
  void bound(VmId vm) {
    Path log = log(vm);
    try {
      if (!Files.exists(log) || Files.size(log) <= LIMIT_BYTES) {
        return;
      }
      try (FileChannel channel =
          FileChannel.open(log, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
        ByteBuffer tail = ByteBuffer.wrap(tail(channel));
        channel.truncate(0);
        channel.position(0);
        while (tail.hasRemaining()) {
          channel.write(tail);
        }
      }
    } catch (IOException e) {
      throw failure("cannot shorten " + log, e);
    }
  }

  /** Whether a guest has a log. */
  boolean exists(VmId vm) {
    return Files.exists(log(vm));
  }

  /** Deletes a guest's log; succeeds if there is none. */
  void delete(VmId vm) {
    try {
      Files.deleteIfExists(log(vm));
    } catch (IOException e) {
      throw failure("cannot delete " + log(vm), e);
    }
  }

  private Path log(VmId vm) {
    return directory.resolve(vm.value() + ".log");
  }

  private static byte[] tail(FileChannel channel) throws IOException {
    long size = channel.size();
    ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(size, TAIL_BYTES));
    channel.position(size - bytes.capacity());
    while (bytes.hasRemaining() && channel.read(bytes) >= 0) {
      // Read on until it is full, or the log was shortened meanwhile.
    }
    return java.util.Arrays.copyOf(bytes.array(), bytes.position());
  }

  private static AgentException failure(String what, IOException cause) {
    return new AgentException(AgentFault.Code.HOST_ERROR, what + ": " + cause.getMessage(), cause);
  }
}
