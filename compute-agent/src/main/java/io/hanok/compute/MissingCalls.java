package io.hanok.compute;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import org.slf4j.LoggerFactory;

/**
 * The calls of libvirt that libvirt-java lacks, by Java's foreign-function interface.
 *
 * <p>Source: libvirt-domain.h. Call on platform threads only: libvirt's last error belongs to one.
 */
final class MissingCalls {
  private static final Linker LINKER = Linker.nativeLinker();

  /** VIR_DOMAIN_EVENT_ID_LIFECYCLE. */
  private static final int LIFECYCLE = 0;

  private static final int LONGEST_NAME = 256;

  private final MethodHandle lookUp;
  private final MethodHandle getState;
  private final MethodHandle free;
  private final MethodHandle getName;
  private final MethodHandle registerEvents;

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
    getName =
        LINKER.downcallHandle(
            library.findOrThrow("virDomainGetName"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    registerEvents =
        LINKER.downcallHandle(
            library.findOrThrow("virConnectDomainEventRegisterAny"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS));
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
      return status < 0 || freed < 0
          ? null
          : new State(state.get(ValueLayout.JAVA_INT, 0), reason.get(ValueLayout.JAVA_INT, 0));
    } catch (Throwable e) {
      throw new IllegalStateException("libvirt's functions are not as declared", e);
    }
  }

  /** Hears of each change in a domain's life, with the detail that libvirt-java drops. */
  @FunctionalInterface
  interface LifecycleListener {
    /**
     * Takes an event, on libvirt's event thread; must not throw.
     *
     * @param domain the domain's name
     * @param event a {@code virDomainEventType}
     * @param detail belongs to the event
     */
    void on(String domain, int event, int detail);
  }

  /** A callback that libvirt can call for as long as the process lives. */
  MemorySegment callback(LifecycleListener listener) {
    try {
      MethodHandle target =
          MethodHandles.lookup()
              .bind(
                  new Callback(listener, getName),
                  "on",
                  MethodType.methodType(
                      int.class,
                      MemorySegment.class,
                      MemorySegment.class,
                      int.class,
                      int.class,
                      MemorySegment.class));
      return LINKER.upcallStub(
          target,
          FunctionDescriptor.of(
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS,
              ValueLayout.ADDRESS,
              ValueLayout.JAVA_INT,
              ValueLayout.JAVA_INT,
              ValueLayout.ADDRESS),
          Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the callback is not as declared", e);
    }
  }

  /** Registers a callback for the lifecycle of every domain; says whether libvirt took it. */
  boolean listen(OpenConnect connect, MemorySegment callback) {
    try {
      int id =
          (int)
              registerEvents.invokeExact(
                  MemorySegment.ofAddress(connect.address()),
                  MemorySegment.NULL,
                  LIFECYCLE,
                  callback,
                  MemorySegment.NULL,
                  MemorySegment.NULL);
      return id >= 0;
    } catch (Throwable e) {
      throw new IllegalStateException("libvirt's functions are not as declared", e);
    }
  }

  private record Callback(LifecycleListener listener, MethodHandle getName) {
    /** virConnectDomainEventCallback. */
    @SuppressWarnings("unused") // Called by libvirt.
    int on(
        MemorySegment connect, MemorySegment domain, int event, int detail, MemorySegment opaque) {
      try {
        MemorySegment name = (MemorySegment) getName.invokeExact(domain);
        if (!name.equals(MemorySegment.NULL)) {
          listener.on(name.reinterpret(LONGEST_NAME).getString(0), event, detail);
        }
      } catch (Throwable e) {
        // An exception may not pass through libvirt: it would end the process.
        LoggerFactory.getLogger(MissingCalls.class).warn("an event of libvirt was not taken", e);
      }
      return 0;
    }
  }
}
