package io.hanok.storage;

import io.hanok.agent.api.id.VolumeId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Remembers which volumes were made on this host, so that one whose data are lost is reported and
 * never replaced by an empty disk.
 *
 * <p>One empty file for each, in the agent's own directory rather than in the pool, as it must
 * outlive what it tells of. It is written before the volume is first reported as there and goes
 * after the volume's removal, so that a crash leaves at worst a volume that is marked at the next
 * look, or a mark that the repeated removal takes away.
 */
final class MadeVolumes {
  private final Path directory;
  private final DurableFiles files;

  /**
   * Opens the marks in a directory, which is made if need be.
   *
   * @throws IOException if it cannot be made
   */
  MadeVolumes(Path directory, DurableFiles files) throws IOException {
    this.directory = directory.toAbsolutePath().normalize();
    this.files = files;
    Files.createDirectories(this.directory);
    Files.setPosixFilePermissions(this.directory, PosixFilePermissions.fromString("rwx------"));
  }

  /** Whether the volume was made here and not removed since. */
  boolean contains(VolumeId id) {
    return Files.exists(mark(id));
  }

  /** Marks a volume that is there; when this returns, the mark survives a power cut. */
  void remember(VolumeId id) {
    try {
      files.write(mark(id), new byte[0]);
    } catch (IOException e) {
      throw HostFailures.of("cannot remember that " + id + " was made", e);
    }
  }

  /** Takes the mark away, if there is one. */
  void forget(VolumeId id) {
    if (contains(id)) {
      try {
        files.remove(mark(id));
      } catch (IOException e) {
        throw HostFailures.of("cannot forget that " + id + " was made", e);
      }
    }
  }

  private Path mark(VolumeId id) {
    return directory.resolve(id.value() + ".made");
  }
}
