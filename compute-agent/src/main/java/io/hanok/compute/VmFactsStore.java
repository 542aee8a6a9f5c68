package io.hanok.compute;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.ContractJson;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.runtime.AgentException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.function.UnaryOperator;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps what is remembered of each vm: one small file a vm, replaced as a whole and synced before a
 * call returns.
 *
 * <p>The convergence of a vm and libvirt's events both write; a convergence replaces only what it
 * has read, so that it cannot overwrite an event. Every call may throw a HOST_ERROR.
 */
final class VmFactsStore {
  private final Path directory;
  private final JsonMapper json = ContractJson.mapper();

  /**
   * Opens a store.
   *
   * @param directory made if it is not there
   */
  VmFactsStore(Path directory) {
    this.directory = directory;
    try {
      Files.createDirectories(directory);
    } catch (IOException e) {
      throw failure("cannot make " + directory, e);
    }
  }

  /** What is remembered of a vm; empty if nothing was ever written. */
  synchronized Optional<VmFacts> read(VmId vm) {
    try {
      return Optional.of(json.readValue(Files.readAllBytes(file(vm)), VmFacts.class));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    } catch (IOException | JacksonException e) {
      throw failure("cannot read " + file(vm), e);
    }
  }

  /** Replaces the facts if they are still the ones expected; says whether they were. */
  synchronized boolean replace(VmId vm, Optional<VmFacts> expected, VmFacts facts) {
    if (!read(vm).equals(expected)) {
      return false;
    }
    if (!expected.equals(Optional.of(facts))) {
      write(vm, facts);
    }
    return true;
  }

  /** Changes the facts of a vm that is known; does nothing for another. */
  synchronized void update(VmId vm, UnaryOperator<VmFacts> change) {
    read(vm)
        .ifPresent(
            facts -> {
              VmFacts changed = change.apply(facts);
              if (!changed.equals(facts)) {
                write(vm, changed);
              }
            });
  }

  /** Forgets a vm; succeeds if nothing is known of it. */
  synchronized void delete(VmId vm) {
    try {
      Files.deleteIfExists(file(vm));
      sync(directory);
    } catch (IOException e) {
      throw failure("cannot delete " + file(vm), e);
    }
  }

  private void write(VmId vm, VmFacts facts) {
    Path next = directory.resolve(vm.value() + ".json.new");
    try {
      try (FileChannel channel =
          FileChannel.open(
              next,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(json.writeValueAsBytes(facts));
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      Files.move(next, file(vm), StandardCopyOption.ATOMIC_MOVE);
      sync(directory);
    } catch (IOException e) {
      throw failure("cannot write " + file(vm), e);
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private Path file(VmId vm) {
    return directory.resolve(vm.value() + ".json");
  }

  private static AgentException failure(String what, Exception cause) {
    return new AgentException(AgentFault.Code.HOST_ERROR, what + ": " + cause.getMessage(), cause);
  }
}
