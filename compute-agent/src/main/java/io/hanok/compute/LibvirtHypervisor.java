package io.hanok.compute;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.id.IdKind;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.runtime.AgentException;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.libvirt.Domain;
import org.libvirt.LibvirtException;
import org.libvirt.Stream;

/**
 * The real {@link Hypervisor}: QEMU through libvirt.
 *
 * <p>Call it on platform threads: libvirt keeps its last error per thread of the operating system.
 */
final class LibvirtHypervisor implements Hypervisor {
  /** VIR_DOMAIN_START_PAUSED. */
  private static final int START_PAUSED = 1;

  /** VIR_DOMAIN_UNDEFINE_MANAGED_SAVE, _SNAPSHOTS_METADATA, _NVRAM and _CHECKPOINTS_METADATA. */
  private static final int UNDEFINE_ALL = 1 | 2 | 4 | 16;

  /** VIR_DOMAIN_EVENT_SHUTDOWN and its details. */
  private static final int EVENT_SHUTDOWN = 6;

  private static final int BY_GUEST = 1;
  private static final int BY_HOST = 2;

  private static final int SCREENSHOT_BUFFER = 64 * 1024;

  private final MissingCalls missing = new MissingCalls();
  private final NativeEvents events = new NativeEvents(new Receiver());
  private final LibvirtConnection connection;
  private volatile Listener listener;

  LibvirtHypervisor(String uri) {
    this.connection = new LibvirtConnection(uri, this::register);
  }

  @Override
  public DomainView look(VmId vm) {
    return connection.call(
        connect -> {
          String xml;
          try {
            xml = connect.domainLookupByName(vm.value()).getXMLDesc(0);
          } catch (LibvirtException e) {
            if (LibvirtConnection.isNoDomain(e)) {
              return new DomainView.Missing();
            }
            throw e;
          }
          Optional<DomainMetadata> ours = DomainMetadata.read(xml);
          if (ours.isEmpty()) {
            return new DomainView.Foreign();
          }
          MissingCalls.State state = missing.state(connect, vm.value());
          if (state == null) {
            throw new AgentException(
                AgentFault.Code.NOT_READY, "libvirt does not tell the state of " + vm);
          }
          return view(state, ours.get());
        });
  }

  /** Source: virDomainState and the reasons of each state, libvirt-domain.h. */
  private static DomainView view(MissingCalls.State state, DomainMetadata metadata) {
    return switch (state.state()) {
      case 3 ->
          new DomainView.Active(
              state.reason() == 5
                  ? DomainView.Activity.IO_ERROR
                  : state.reason() == 8
                      ? DomainView.Activity.SHUTTING_DOWN
                      : DomainView.Activity.PAUSED,
              metadata);
      case 4 -> new DomainView.Active(DomainView.Activity.SHUTTING_DOWN, metadata);
      case 5 ->
          new DomainView.Off(
              switch (state.reason()) {
                case 1 -> DomainView.Cause.SHUTDOWN;
                case 2 -> DomainView.Cause.DESTROYED;
                case 3 -> DomainView.Cause.CRASHED;
                case 6 -> DomainView.Cause.FAILED;
                default -> DomainView.Cause.UNKNOWN;
              },
              metadata);
      default -> new DomainView.Active(DomainView.Activity.RUNNING, metadata);
    };
  }

  @Override
  public List<VmId> domains() {
    return connection.call(
        connect -> {
          List<VmId> ours = new ArrayList<>();
          for (Domain domain : connect.listAllDomains(0)) {
            try {
              if (IdKind.VM.matches(domain.getName())) {
                DomainMetadata.read(domain.getXMLDesc(0)).ifPresent(m -> ours.add(m.vmId()));
              }
            } catch (LibvirtException e) {
              if (!LibvirtConnection.isNoDomain(e)) {
                throw e;
              }
            }
          }
          return ours;
        });
  }

  @Override
  public void define(String domainXml) {
    connection.call(connect -> connect.domainDefineXML(domainXml));
  }

  @Override
  public void startPaused(VmId vm) {
    on(vm, domain -> domain.create(START_PAUSED));
  }

  @Override
  public void resume(VmId vm) {
    on(vm, Domain::resume);
  }

  @Override
  public void suspend(VmId vm) {
    on(vm, Domain::suspend);
  }

  @Override
  public void requestPowerOff(VmId vm) {
    on(vm, Domain::shutdown);
  }

  @Override
  public void requestReboot(VmId vm) {
    on(vm, domain -> domain.reboot(0));
  }

  @Override
  public void reset(VmId vm) {
    on(vm, Domain::reset);
  }

  @Override
  public void destroy(VmId vm) {
    onIfThere(
        vm,
        domain -> {
          if (domain.isActive() == 1) {
            try {
              domain.destroy();
            } catch (LibvirtException e) {
              // It may have ended by itself meanwhile.
              if (domain.isActive() == 1) {
                throw e;
              }
            }
          }
        });
  }

  @Override
  public void undefine(VmId vm) {
    onIfThere(vm, domain -> domain.undefine(UNDEFINE_ALL));
  }

  @Override
  public byte[] screenshot(VmId vm) {
    return connection.call(
        connect -> {
          Domain domain = ours(connect, vm);
          Stream stream = connect.streamNew(0);
          domain.screenshot(stream, 0);
          ByteArrayOutputStream picture = new ByteArrayOutputStream();
          byte[] buffer = new byte[SCREENSHOT_BUFFER];
          int read = stream.receive(buffer);
          while (read > 0) {
            picture.write(buffer, 0, read);
            read = stream.receive(buffer);
          }
          stream.finish();
          return picture.toByteArray();
        });
  }

  @Override
  public String versions() {
    return connection.call(
        connect ->
            "libvirt %s, QEMU %s"
                .formatted(dotted(connect.getLibVersion()), dotted(connect.getVersion())));
  }

  private static String dotted(long version) {
    return "%d.%d.%d".formatted(version / 1_000_000, version / 1000 % 1000, version % 1000);
  }

  @Override
  public void listen(Listener newListener) {
    listener = newListener;
    newListener.lost();
  }

  @Override
  public void close() {
    listener = null;
    connection.close();
  }

  /** A call on a domain. */
  @FunctionalInterface
  private interface DomainCall {
    void on(Domain domain) throws LibvirtException;
  }

  private void on(VmId vm, DomainCall call) {
    connection.call(
        connect -> {
          call.on(ours(connect, vm));
          return true;
        });
  }

  private void onIfThere(VmId vm, DomainCall call) {
    connection.call(
        connect -> {
          try {
            call.on(ours(connect, vm));
            return true;
          } catch (LibvirtException e) {
            if (LibvirtConnection.isNoDomain(e)) {
              return false;
            }
            throw e;
          }
        });
  }

  /** The domain, if it bears our mark: nothing else is ever changed. */
  private static Domain ours(OpenConnect connect, VmId vm) throws LibvirtException {
    Domain domain = connect.domainLookupByName(vm.value());
    if (DomainMetadata.read(domain.getXMLDesc(0)).isEmpty()) {
      throw new AgentException(
          AgentFault.Code.INVALID_SPEC, "the domain " + vm + " is not Hanok's");
    }
    return domain;
  }

  private void register(OpenConnect connect) {
    if (!events.listen(connect)) {
      throw new AgentException(
          AgentFault.Code.NOT_READY, "libvirt does not take a listener of its events");
    }
    Listener current = listener;
    if (current != null) {
      current.lost();
    }
  }

  private final class Receiver implements NativeEvents.Receiver {
    @Override
    public void lifecycle(String domain, int event, int detail) {
      if (event == EVENT_SHUTDOWN && (detail == BY_GUEST || detail == BY_HOST)) {
        tell(domain, (heard, vm) -> heard.shutDown(vm, detail == BY_GUEST));
      } else {
        tell(domain, Listener::changed);
      }
    }

    @Override
    public void rebooted(String domain) {
      tell(domain, Listener::rebooted);
    }

    @Override
    public void ioError(String domain) {
      tell(domain, Listener::changed);
    }

    @Override
    public void closed(long address) {
      connection.closed(address);
    }

    private void tell(String domain, BiConsumer<Listener, VmId> event) {
      Listener current = listener;
      if (current != null && IdKind.VM.matches(domain)) {
        event.accept(current, new VmId(domain));
      }
    }
  }
}
