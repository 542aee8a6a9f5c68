package io.hanok.compute;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.ref.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes libvirt's events by Java's foreign-function interface.
 *
 * <p>libvirt-java's own listeners do not serve: they drop the detail that tells a guest's own
 * power-off from a signal, and their native stubs are freed with the connection object while
 * libvirt may still call them, which ends the process. The stubs here live as long as the process.
 * Source: libvirt-domain.h, libvirt-host.h.
 */
final class NativeEvents {
  private static final Logger LOG = LoggerFactory.getLogger(NativeEvents.class);
  private static final Linker LINKER = Linker.nativeLinker();

  private static final int ID_LIFECYCLE = 0;
  private static final int ID_REBOOT = 1;
  private static final int ID_IO_ERROR = 4;

  private static final int LONGEST_NAME = 256;

  private final Receiver receiver;
  private final MethodHandle getName;
  private final MethodHandle register;
  private final MethodHandle registerClose;
  private final MemorySegment onLifecycle;
  private final MemorySegment onReboot;
  private final MemorySegment onIoError;
  private final MemorySegment onClose;

  /** Who hears, on libvirt's event thread. */
  interface Receiver {
    /**
     * A domain's life changed.
     *
     * @param domain the domain's name
     * @param event a {@code virDomainEventType}
     * @param detail belongs to the event
     */
    void lifecycle(String domain, int event, int detail);

    /** A domain was reset. */
    void rebooted(String domain);

    /** A domain's disk failed. */
    void ioError(String domain);

    /**
     * A connection ended.
     *
     * @param address of the {@code virConnect}
     */
    void closed(long address);
  }

  NativeEvents(Receiver receiver) {
    this.receiver = receiver;
    SymbolLookup library = SymbolLookup.libraryLookup("libvirt.so.0", Arena.global());
    getName =
        LINKER.downcallHandle(
            library.findOrThrow("virDomainGetName"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.ADDRESS));
    register =
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
    registerClose =
        LINKER.downcallHandle(
            library.findOrThrow("virConnectRegisterCloseCallback"),
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS,
                ValueLayout.ADDRESS));
    MemoryLayout pointer = ValueLayout.ADDRESS;
    MemoryLayout number = ValueLayout.JAVA_INT;
    onLifecycle =
        stub("lifecycle", FunctionDescriptor.of(number, pointer, pointer, number, number, pointer));
    onReboot = stub("rebooted", FunctionDescriptor.ofVoid(pointer, pointer, pointer));
    onIoError =
        stub(
            "ioError",
            FunctionDescriptor.ofVoid(pointer, pointer, pointer, pointer, number, pointer));
    onClose = stub("closed", FunctionDescriptor.ofVoid(pointer, number, pointer));
  }

  private MemorySegment stub(String method, FunctionDescriptor function) {
    try {
      MethodType type = function.toMethodType();
      MethodHandle target = MethodHandles.lookup().bind(this, method, type);
      return LINKER.upcallStub(target, function, Arena.global());
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the callback is not as declared: " + method, e);
    }
  }

  /** Registers for all events of a connection; says whether libvirt agreed. */
  boolean listen(OpenConnect connect) {
    try {
      MemorySegment address = MemorySegment.ofAddress(connect.address());
      MemorySegment none = MemorySegment.NULL;
      boolean agreed =
          (int) register.invokeExact(address, none, ID_LIFECYCLE, onLifecycle, none, none) >= 0
              && (int) register.invokeExact(address, none, ID_REBOOT, onReboot, none, none) >= 0
              && (int) register.invokeExact(address, none, ID_IO_ERROR, onIoError, none, none) >= 0
              && (int) registerClose.invokeExact(address, onClose, none, none) >= 0;
      Reference.reachabilityFence(connect);
      return agreed;
    } catch (Throwable e) {
      throw new IllegalStateException("libvirt's functions are not as declared", e);
    }
  }

  // What libvirt calls. An exception may not pass through it: that would end the process.

  @SuppressWarnings("unused")
  private int lifecycle(
      MemorySegment connect, MemorySegment domain, int event, int detail, MemorySegment opaque) {
    safely(() -> receiver.lifecycle(name(domain), event, detail));
    return 0;
  }

  @SuppressWarnings("unused")
  private void rebooted(MemorySegment connect, MemorySegment domain, MemorySegment opaque) {
    safely(() -> receiver.rebooted(name(domain)));
  }

  @SuppressWarnings("unused")
  private void ioError(
      MemorySegment connect,
      MemorySegment domain,
      MemorySegment path,
      MemorySegment device,
      int action,
      MemorySegment opaque) {
    safely(() -> receiver.ioError(name(domain)));
  }

  @SuppressWarnings("unused")
  private void closed(MemorySegment connect, int reason, MemorySegment opaque) {
    safely(() -> receiver.closed(connect.address()));
  }

  private String name(MemorySegment domain) {
    try {
      MemorySegment name = (MemorySegment) getName.invokeExact(domain);
      return name.equals(MemorySegment.NULL) ? "" : name.reinterpret(LONGEST_NAME).getString(0);
    } catch (Throwable e) {
      throw new IllegalStateException("libvirt's functions are not as declared", e);
    }
  }

  private static void safely(Runnable event) {
    try {
      event.run();
    } catch (Throwable e) {
      LOG.warn("an event of libvirt was not taken", e);
    }
  }
}
