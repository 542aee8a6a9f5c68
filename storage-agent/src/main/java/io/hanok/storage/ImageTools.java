package io.hanok.storage;

import java.nio.file.Path;
import java.util.function.IntConsumer;

/** Reads disk images of formats that are not raw. */
public interface ImageTools {
  /**
   * What is in an image.
   *
   * @param sizeBytes size of the disk that it describes
   * @param dataBytes how much of that is not known to be zero
   */
  record Content(long sizeBytes, long dataBytes) {}

  /**
   * Looks into an image without following anything that it refers to.
   *
   * @param format the format, decided by {@link SourceHeader}; never guessed
   * @throws io.hanok.agent.runtime.AgentException SOURCE_UNUSABLE if it is damaged or refers to
   *     other files
   */
  Content inspect(Path image, String format);

  /**
   * Writes an image's disk into a file or device that has the disk's size and reads as zeroes.
   *
   * @param percent told how far it is
   * @throws io.hanok.agent.runtime.AgentException NO_CAPACITY if the target's file system is full,
   *     SOURCE_UNUSABLE if the image is damaged
   */
  void convert(Path image, String format, Path target, IntConsumer percent)
      throws InterruptedException;
}
