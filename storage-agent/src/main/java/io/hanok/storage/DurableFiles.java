package io.hanok.storage;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The effects on files from which a pool and the catalogue are made.
 *
 * <p>What is done to a file survives a power cut once {@link #sync} or {@link #publish} returned; a
 * name that was published, written or removed, at once.
 *
 * <p>One method is one step between which a crash may fall; the tests let it fall behind each.
 */
public interface DurableFiles {
  /** Makes a new file of that size that reads as zeroes, readable by its owner only. */
  void createSparse(Path file, long sizeBytes) throws IOException;

  /**
   * Makes a new file that shares all data of another, readable by its owner only.
   *
   * @throws java.nio.file.NoSuchFileException if the source is not there
   */
  void cloneTo(Path source, Path file) throws IOException;

  /** Raises or lowers a file's size. */
  void resize(Path file, long sizeBytes) throws IOException;

  /** Makes a file's content and size last. */
  void sync(Path file) throws IOException;

  /** Gives a file to a user. */
  void chown(Path file, String user) throws IOException;

  /** Moves a file, in place of what has that name; its data are made to last before. */
  void publish(Path part, Path target) throws IOException;

  /** Puts a small file in the place of what has that name, at once or not at all. */
  void write(Path target, byte[] content) throws IOException;

  /** Removes a file if it is there. */
  void remove(Path file) throws IOException;
}
