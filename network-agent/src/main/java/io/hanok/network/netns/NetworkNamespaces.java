package io.hanok.network.netns;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.id.IdKind;
import io.hanok.agent.api.id.VpcId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.HostCommands;
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
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;

/**
 * Network namespaces by name, and a way to act inside one without a process of its own.
 *
 * <p>{@link #call} starts a platform thread, moves only this thread into the namespace by {@code
 * setns(2)} and lets it end there, so no thread ever has to find its way back. A socket belongs for
 * ever to the namespace in which it was opened: a channel that such a thread opens can be used by
 * every other thread. {@code /proc/sys/net} and {@code /proc/thread-self/net} are those of the
 * namespace, too.
 */
public final class NetworkNamespaces {
  private static final Path DIRECTORY = Path.of("/run/netns");
  private static final String PREFIX = "hanok-";
  private static final Set<PosixFilePermission> MOUNTED =
      PosixFilePermissions.fromString("r--r--r--");
  private static final int CLONE_NEWNET = 0x40000000;
  private static final int O_RDONLY_CLOEXEC = 0x80000;

  private final StructLayout captured = Linker.Option.captureStateLayout();
  private final VarHandle errno =
      captured.varHandle(MemoryLayout.PathElement.groupElement("errno"));
  private final MethodHandle open;
  private final MethodHandle setns;
  private final MethodHandle close;

  public NetworkNamespaces() {
    Linker linker = Linker.nativeLinker();
    Linker.Option capture = Linker.Option.captureCallState("errno");
    open =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("open"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT),
            Linker.Option.firstVariadicArg(2),
            capture);
    setns =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("setns"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
            capture);
    close =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("close"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
  }

  /** The namespace of a VPC's router. */
  public static String of(VpcId vpc) {
    return PREFIX + vpc.value();
  }

  /** The VPC whose router lives in a namespace, or empty if it is not one of ours. */
  public static Optional<VpcId> vpcOf(String namespace) {
    return Optional.of(namespace)
        .filter(n -> n.startsWith(PREFIX))
        .map(n -> n.substring(PREFIX.length()))
        .filter(IdKind.VPC::matches)
        .map(VpcId::new);
  }

  /** The file that holds a namespace. */
  public static Path file(String namespace) {
    return DIRECTORY.resolve(namespace);
  }

  /** The namespaces of VPCs' routers on this host, sorted. */
  public List<String> routers() {
    if (!Files.isDirectory(DIRECTORY)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(DIRECTORY)) {
      return files
          .map(f -> f.getFileName().toString())
          .filter(n -> vpcOf(n).isPresent())
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new AgentException(
          AgentFault.Code.HOST_ERROR, "cannot list " + DIRECTORY + ": " + e.getMessage(), e);
    }
  }

  /**
   * What tells a namespace from an earlier one of the same name, or 0 if there is none.
   *
   * <p>A file that no namespace is mounted on, as a maker that died half-way leaves it, is none: it
   * has other permissions.
   *
   * @return the inode of the namespace, as in {@code /proc/PID/ns/net}
   */
  public long inode(String namespace) {
    try {
      if (!Files.getPosixFilePermissions(file(namespace)).equals(MOUNTED)) {
        return 0;
      }
      return (Long) Files.getAttribute(file(namespace), "unix:ino");
    } catch (IOException absent) {
      return 0;
    }
  }

  /** Makes a namespace, unless it is there. */
  public void ensure(HostCommands commands, String namespace) {
    if (inode(namespace) == 0) {
      clear(namespace);
      commands.run("ip", "netns", "add", namespace);
    }
  }

  /** Removes a namespace; nothing there is a success, too. */
  public void remove(HostCommands commands, String namespace) {
    if (inode(namespace) == 0) {
      clear(namespace);
    } else {
      commands.run("ip", "netns", "del", namespace);
    }
  }

  private static void clear(String namespace) {
    try {
      Files.deleteIfExists(file(namespace));
    } catch (IOException e) {
      throw new AgentException(
          AgentFault.Code.HOST_ERROR,
          "cannot remove " + file(namespace) + ": " + e.getMessage(),
          e);
    }
  }

  /**
   * Does something inside a namespace and returns what came of it.
   *
   * @throws AgentException if the namespace cannot be entered, or the action fails
   */
  public <T> T call(String namespace, Callable<T> action) throws InterruptedException {
    CompletableFuture<T> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .name("in-" + namespace)
        .daemon()
        .start(
            () -> {
              try {
                enter(namespace);
                result.complete(action.call());
              } catch (Throwable e) {
                result.completeExceptionally(e);
              }
            });
    try {
      return result.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof AgentException known) {
        throw known;
      }
      throw new AgentException(
          AgentFault.Code.HOST_ERROR,
          "failed inside namespace " + namespace + ": " + e.getCause(),
          e.getCause());
    }
  }

  private void enter(String namespace) throws Throwable {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment state = arena.allocate(captured);
      MemorySegment path = arena.allocateFrom(file(namespace).toString());
      int fd = (int) open.invokeExact(state, path, O_RDONLY_CLOEXEC);
      if (fd < 0) {
        throw failed("open", namespace, state);
      }
      try {
        if ((int) setns.invokeExact(state, fd, CLONE_NEWNET) != 0) {
          throw failed("enter", namespace, state);
        }
      } finally {
        int ignored = (int) close.invokeExact(fd);
      }
    }
  }

  private AgentException failed(String what, String namespace, MemorySegment state) {
    int code = (int) errno.get(state, 0L);
    return new AgentException(
        AgentFault.Code.HOST_ERROR,
        "cannot %s the network namespace %s (errno %d)".formatted(what, namespace, code));
  }
}
