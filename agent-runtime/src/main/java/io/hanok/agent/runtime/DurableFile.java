package io.hanok.agent.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;

/**
 * Writes whole files so that a crash at any moment leaves the old content or the new one, and what
 * was written survives a loss of power: temporary file, fsync, atomic rename, fsync of the
 * directory.
 */
final class DurableFile {
  /** What the name of an unfinished file ends with. */
  static final String UNFINISHED = ".tmp";

  private DurableFile() {}

  /**
   * Replaces a file; its directory must be there.
   *
   * @param permissions such as {@code rw-------}
   */
  static void write(Path file, byte[] content, String permissions) throws IOException {
    Path unfinished = file.resolveSibling(file.getFileName() + UNFINISHED);
    Files.deleteIfExists(unfinished);
    try (FileChannel channel =
        FileChannel.open(
            unfinished,
            EnumSet.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions)))) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
      channel.force(true);
    }
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    sync(file.toAbsolutePath().getParent());
  }

  /** Removes a file, if it is there, for good. */
  static void remove(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      sync(file.toAbsolutePath().getParent());
    }
  }

  /** Renames a file within its directory for good. */
  static void rename(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    sync(to.toAbsolutePath().getParent());
  }

  /** Makes a directory that only its owner may enter; directories above it are made as usual. */
  static void makeDirectory(Path directory) throws IOException {
    make(
        directory.toAbsolutePath(),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  private static void make(Path directory, FileAttribute<?>... attributes) throws IOException {
    if (!Files.isDirectory(directory)) {
      make(directory.getParent());
      try {
        Files.createDirectory(directory, attributes);
      } catch (FileAlreadyExistsException e) {
        if (!Files.isDirectory(directory)) {
          throw e;
        }
      }
      sync(directory.getParent());
    }
  }

  private static void sync(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
