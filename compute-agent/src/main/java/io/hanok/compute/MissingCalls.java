package io.hanok.compute;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/**
 * The calls of libvirt that libvirt-java lacks, by Java's foreign-function interface.
 *
 * <p>Source: libvirt-domain.h. Call on platform threads only: libvirt's last error belongs to one.
 */
final class MissingCalls {
  private static final Linker LINKER = Linker.nativeLinker();

  private final MethodHandle lookUp;
  private final MethodHandle getState;
  private final MethodHandle free;

  MissingCalls() {
    SymbolLookup library = SymbolLookup.libraryLookup("libvirt.so.0", Arena.global());
    lookUp =
        LINKER.downcallHandle(
            library.findOrThrow("virDomainLookupByName"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    getState =
        LINKER.downcallHandle(
            library.findOrThrow("virDomainGetState"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT));
    free =
        LINKER.downcallHandle(
            library.findOrThrow("virDomainFree"),
            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
  }

  /**
   * A domain's state with its reason.
   *
   * @param state a {@code virDomainState}
   * @param reason belongs to the state
   */
  record State(int state, int reason) {}

  /** The state of a domain, or null if libvirt does not tell it. */
  State state(OpenConnect connect, String domain) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment found =
          (MemorySegment)
              lookUp.invokeExact(
                  MemorySegment.ofAddress(connect.address()), arena.allocateFrom(domain));
      if (found.equals(MemorySegment.NULL)) {
        return null;
      }
      MemorySegment state = arena.allocate(ValueLayout.JAVA_INT);
      MemorySegment reason = arena.allocate(ValueLayout.JAVA_INT);
      int status = (int) getState.invokeExact(found, state, reason, 0);
      int freed = (int) free.invokeExact(found);
      Reference.reachabilityFence(connect);
      return status < 0 || freed < 0
          ? null
          : new State(state.get(ValueLayout.JAVA_INT, 0), reason.get(ValueLayout.JAVA_INT, 0));
    } catch (Throwable e) {
      throw new IllegalStateException("libvirt's functions are not as declared", e);
    }
  }
}
