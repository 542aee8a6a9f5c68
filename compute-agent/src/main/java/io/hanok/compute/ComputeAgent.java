package io.hanok.compute;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostFacts;
import io.hanok.agent.api.Refusal;
import io.hanok.agent.api.id.IdKind;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.runtime.Agent;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.AgentMain;
import io.hanok.agent.runtime.AgentSettings;
import io.hanok.agent.runtime.Converger;
import io.hanok.agent.runtime.HostCommands;
import io.hanok.agent.runtime.Wakeups;
import io.hanok.compute.HostProfile.Acceleration;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The compute agent: keeps the virtual machines of a host as their documents ask.
 *
 * <p>Settings: {@code libvirt-uri} (default {@code qemu:///system}), {@code console-dir} (default
 * {@code consoles} in the state directory), {@code acceleration} ({@code auto}, {@code kvm} or
 * {@code qemu}), {@code emulator} (default {@code /usr/bin/qemu-system-x86_64}), {@code
 * reboot-deadline-seconds} (default 240, as on EC2).
 */
public final class ComputeAgent implements Agent {
  private static final int REBOOT_DEADLINE_SECONDS = 240;
  private static final Duration HOST_ANSWERS_WITHIN = Duration.ofSeconds(2);

  private Hypervisor hypervisor;
  private Consoles consoles;

  /** Runs the agent: {@code --settings FILE}. */
  public static void main(String[] arguments) {
    AgentMain.run(new ComputeAgent(), arguments);
  }

  @Override
  public AgentName name() {
    return AgentName.COMPUTE;
  }

  @Override
  public Converger start(AgentSettings settings, Wakeups wakeups) {
    HostProbe probe = new HostProbe(Path.of("/proc"), Path.of("/dev/kvm"));
    Acceleration acceleration =
        probe.acceleration(settings.optional("acceleration").orElse("auto"));
    Path consoleDirectory =
        settings
            .optional("console-dir")
            .map(Path::of)
            .orElse(settings.state().resolve("consoles"))
            .toAbsolutePath();
    Path emulator = Path.of(settings.optional("emulator").orElse("/usr/bin/qemu-system-x86_64"));
    Duration rebootDeadline =
        Duration.ofSeconds(
            settings
                .optional("reboot-deadline-seconds")
                .map(Integer::parseInt)
                .orElse(REBOOT_DEADLINE_SECONDS));
    HostStop stop =
        new HostStop(
            new HostCommands(HOST_ANSWERS_WITHIN),
            Path.of("/run/systemd/system"),
            Path.of("/usr/bin/systemctl"),
            Path.of("/sbin/runlevel"));
    LibvirtHypervisor libvirt =
        new LibvirtHypervisor(settings.optional("libvirt-uri").orElse("qemu:///system"));
    hypervisor = libvirt;
    consoles = new Consoles(consoleDirectory);
    VmConverger converger =
        new VmConverger(
            libvirt,
            new VmFactsStore(settings.state().resolve("vms")),
            consoles,
            Taps.of(Path.of("/proc/self/net/dev")),
            new HostProfile(acceleration, emulator, consoleDirectory),
            new VmPlan(rebootDeadline),
            new ThisHost(probe.boot(), stop, () -> facts(probe, acceleration)),
            Clock.systemUTC());
    libvirt.listen(new DomainEvents(converger, wakeups));
    return converger;
  }

  private HostFacts facts(HostProbe probe, Acceleration acceleration) {
    String versions;
    try {
      versions = hypervisor.versions();
    } catch (AgentException notNow) {
      versions = null;
    }
    return probe.facts(acceleration, versions);
  }

  @Override
  public Map<String, Resource> resources() {
    return Map.of(AgentPaths.CONSOLES, this::console, AgentPaths.SCREENSHOTS, this::screenshot);
  }

  private Content console(String id) throws Refused {
    VmId vm = vm(id);
    byte[] log =
        consoles
            .tail(vm)
            .orElseThrow(
                () -> new Refused(Refusal.Code.NOT_FOUND, "no console log of " + vm + " is here"));
    return new Content("application/octet-stream", log);
  }

  private Content screenshot(String id) throws Refused {
    VmId vm = vm(id);
    if (!(hypervisor.look(vm) instanceof DomainView.Active)) {
      throw new Refused(Refusal.Code.NOT_FOUND, vm + " is not running here");
    }
    return new Content("image/png", Screenshots.png(hypervisor.screenshot(vm)));
  }

  private static VmId vm(String id) throws Refused {
    if (!IdKind.VM.matches(id)) {
      throw new Refused(Refusal.Code.MALFORMED, "not the id of a virtual machine: " + id);
    }
    return new VmId(id);
  }

  @Override
  public void stop() {
    hypervisor.close();
  }

  /** The host that the agent runs on; its boot is that of the agent's start. */
  private record ThisHost(String boot, HostStop stop, Supplier<HostFacts> known) implements Host {
    @Override
    public HostStop.Answer stopping() {
      return stop.ask();
    }

    @Override
    public HostFacts facts() {
      return known.get();
    }
  }

  /** Carries the hypervisor's events to the convergence: remembered first, then looked at. */
  record DomainEvents(VmConverger converger, Wakeups wakeups) implements Hypervisor.Listener {
    @Override
    public void shutDown(VmId vm, boolean byGuest) {
      converger.shutDown(vm, byGuest);
      wakeups.wake(DocumentKind.VM, vm.value());
    }

    @Override
    public void rebooted(VmId vm) {
      converger.rebooted(vm);
      wakeups.wake(DocumentKind.VM, vm.value());
    }

    @Override
    public void changed(VmId vm) {
      wakeups.wake(DocumentKind.VM, vm.value());
    }

    @Override
    public void lost() {
      wakeups.wakeAll(DocumentKind.VM);
    }
  }
}
