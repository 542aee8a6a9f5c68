package io.hanok.storage;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The two Linux calls that a pool of shared files stands on and that Java does not offer: FICLONE
 * (share all data of a file) and FIEMAP (where the data of a file lie).
 *
 * <p>Numbers and structures are those of {@code linux/fs.h} and {@code linux/fiemap.h}; they are
 * the same on x86-64 and arm64. Needs {@code --enable-native-access=ALL-UNNAMED}.
 */
public final class ReflinkCalls {
  private static final long FICLONE = 0x40049409L;
  private static final long FIEMAP = 0xC020660BL;
  private static final int O_RDONLY = 0;
  private static final int O_WRONLY = 1;
  private static final int O_CLOEXEC = 0x80000;

  private static final int ENOENT = 2;
  private static final int EINTR = 4;
  private static final int EXDEV = 18;
  private static final int EINVAL = 22;
  private static final int ENOSPC = 28;
  private static final int EOPNOTSUPP = 95;
  private static final int EDQUOT = 122;

  private static final int HEADER_BYTES = 32;
  private static final int EXTENT_BYTES = 56;
  private static final int EXTENTS_PER_CALL = 2048;
  private static final int SYNC_FIRST = 1;
  private static final int LAST = 0x1;
  private static final int UNWRITTEN = 0x800;
  // Unknown, delayed, encoded or inline: the physical address does not identify the content.
  private static final int OPAQUE = 0x2 | 0x4 | 0x8 | 0x200;

  private static final StructLayout CALL_STATE = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      CALL_STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

  private final MethodHandle open;
  private final MethodHandle close;
  private final MethodHandle ioctl;

  public ReflinkCalls() {
    Linker linker = Linker.nativeLinker();
    Linker.Option errno = Linker.Option.captureCallState("errno");
    open =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("open"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            errno,
            Linker.Option.firstVariadicArg(2));
    close =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("close"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    ioctl =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("ioctl"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_INT,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG),
            errno,
            Linker.Option.firstVariadicArg(2));
  }

  /**
   * One range of a file that has data on disk.
   *
   * @param logical offset in the file
   * @param length bytes
   * @param physical offset on the device
   * @param opaque whether the physical offset says nothing about the content
   */
  record Mapping(long logical, long length, long physical, boolean opaque) {
    long end() {
      return logical + length;
    }
  }

  /**
   * Makes an existing empty file share all data of another one.
   *
   * @throws NoSuchFileException if the source is not there
   * @throws IOException with "No space left on device" in its text if the pool is full
   */
  void cloneFile(Path source, Path target) throws IOException {
    try (Arena arena = Arena.ofConfined();
        Descriptor from = new Descriptor(arena, source, O_RDONLY);
        Descriptor to = new Descriptor(arena, target, O_WRONLY)) {
      to.ioctl(FICLONE, from.number);
    }
  }

  /** The ranges of a file that have data on disk, in order; holes and reserved space left out. */
  List<Mapping> mappings(Path file, long sizeBytes) throws IOException {
    List<Mapping> result = new ArrayList<>();
    try (Arena arena = Arena.ofConfined();
        Descriptor descriptor = new Descriptor(arena, file, O_RDONLY)) {
      MemorySegment map = arena.allocate(HEADER_BYTES + (long) EXTENTS_PER_CALL * EXTENT_BYTES, 8);
      long position = 0;
      boolean more = true;
      while (more && position < sizeBytes) {
        map.fill((byte) 0);
        map.set(ValueLayout.JAVA_LONG, 0, position);
        map.set(ValueLayout.JAVA_LONG, 8, sizeBytes - position);
        map.set(ValueLayout.JAVA_INT, 16, SYNC_FIRST);
        map.set(ValueLayout.JAVA_INT, 24, EXTENTS_PER_CALL);
        descriptor.ioctl(FIEMAP, map.address());
        int count = map.get(ValueLayout.JAVA_INT, 20);
        more = count > 0;
        for (int i = 0; i < count; i++) {
          long at = HEADER_BYTES + (long) i * EXTENT_BYTES;
          long logical = map.get(ValueLayout.JAVA_LONG, at);
          long physical = map.get(ValueLayout.JAVA_LONG, at + 8);
          long length = map.get(ValueLayout.JAVA_LONG, at + 16);
          int flags = map.get(ValueLayout.JAVA_INT, at + 40);
          if ((flags & UNWRITTEN) == 0) {
            result.add(new Mapping(logical, length, physical, (flags & OPAQUE) != 0));
          }
          position = logical + length;
          more = (flags & LAST) == 0;
        }
      }
    }
    return result;
  }

  /** An open file of ours. */
  private final class Descriptor implements AutoCloseable {
    private final MemorySegment state;
    private final Path file;
    private final int number;

    Descriptor(Arena arena, Path file, int flags) throws IOException {
      this.state = arena.allocate(CALL_STATE);
      this.file = file;
      MemorySegment path = arena.allocateFrom(file.toString());
      this.number = call(() -> (int) open.invokeExact(state, path, flags | O_CLOEXEC));
    }

    void ioctl(long request, long argument) throws IOException {
      int unused = call(() -> (int) ioctl.invokeExact(state, number, request, argument));
    }

    private int call(NativeCall call) throws IOException {
      while (true) {
        int result = invoke(call);
        if (result >= 0) {
          return result;
        }
        int error = (int) ERRNO.get(state, 0L);
        if (error != EINTR) {
          throw failure(file, error);
        }
      }
    }

    @Override
    public void close() {
      int unused = invoke(() -> (int) close.invokeExact(number));
    }
  }

  private interface NativeCall {
    int invoke() throws Throwable;
  }

  // A method handle declares Throwable; these calls throw nothing of their own.
  private static int invoke(NativeCall call) {
    try {
      return call.invoke();
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  private static IOException failure(Path file, int error) {
    String reason =
        switch (error) {
          case ENOSPC -> "No space left on device";
          case EDQUOT -> "Disk quota exceeded";
          case EOPNOTSUPP, EXDEV, EINVAL ->
              "the file system cannot share data between these files (errno %d)".formatted(error);
          default -> "errno " + error;
        };
    return error == ENOENT
        ? new NoSuchFileException(file.toString())
        : new FileSystemException(file.toString(), null, reason);
  }
}
