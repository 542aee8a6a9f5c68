package io.hanok.storage;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.runtime.AgentException;
import java.io.IOException;
import java.nio.file.FileSystemException;

/** Turns failures of files into the codes under which an agent reports them. */
final class HostFailures {
  private HostFailures() {}

  /**
   * The failure to report.
   *
   * @param doing what was tried, as in "cannot clone base ami-…"
   */
  static AgentException of(String doing, IOException cause) {
    if (full(cause)) {
      return new AgentException(
          AgentFault.Code.NO_CAPACITY, doing + ": no space left on the file system", cause);
    }
    String reason =
        cause instanceof FileSystemException named && named.getReason() == null
            ? named.getClass().getSimpleName() + " " + named.getFile()
            : cause.getMessage();
    return new AgentException(AgentFault.Code.HOST_ERROR, doing + ": " + reason, cause);
  }

  /** Whether a failure's text, of the C library or of a command, says that the disk is full. */
  static boolean full(String text) {
    return text != null
        && (text.contains("No space left on device") || text.contains("Disk quota exceeded"));
  }

  private static boolean full(IOException cause) {
    return full(cause.getMessage());
  }
}
