package io.hanok.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.VmSpec;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.compute.DomainView.Active;
import io.hanok.compute.DomainView.Activity;
import io.hanok.compute.DomainView.Cause;
import io.hanok.compute.DomainView.Foreign;
import io.hanok.compute.DomainView.Missing;
import io.hanok.compute.DomainView.Off;
import io.hanok.compute.HostProfile.Acceleration;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

/** What every {@link Hypervisor} does: held by the simulation and by the real one alike. */
abstract class HypervisorContract {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final List<String> heard = new CopyOnWriteArrayList<>();

  abstract Hypervisor hypervisor();

  abstract Taps taps();

  /** Where disks and console logs are. */
  abstract Path directory();

  /** Makes a disk with a program. */
  abstract Path disk(int number, GuestProgram program) throws IOException;

  /** Waits until the guest's program runs. */
  abstract void awaitUp(VmId vm);

  /** Kills a guest's process. */
  abstract void kill(VmId vm);

  /** Puts a domain of somebody else on the host. */
  abstract void defineForeign(String xml);

  abstract void removeForeign(String name);

  @Test
  void aDomainIsDefinedStartedPausedResumedAndCutOffAndEachEndIsRepeatable() throws IOException {
    VmId vm = define(1, GuestProgram.DEAF);
    assertThat(hypervisor().look(vm)).isInstanceOf(Off.class);
    assertThat(hypervisor().domains()).contains(vm);
    assertThat(taps().here()).isEmpty();

    hypervisor().startPaused(vm);
    assertActivity(vm, Activity.PAUSED);
    assertThat(taps().here()).hasSize(1);
    assertThatThrownBy(() -> hypervisor().startPaused(vm)).isInstanceOf(AgentException.class);
    hypervisor().resume(vm);
    assertActivity(vm, Activity.RUNNING);
    hypervisor().suspend(vm);
    assertActivity(vm, Activity.PAUSED);

    hypervisor().destroy(vm);
    hypervisor().destroy(vm);
    assertCause(vm, Cause.DESTROYED);
    assertThat(taps().here()).isEmpty();
    assertThatThrownBy(() -> hypervisor().resume(vm)).isInstanceOf(AgentException.class);

    hypervisor().undefine(vm);
    hypervisor().undefine(vm);
    hypervisor().destroy(vm);
    assertThat(hypervisor().look(vm)).isEqualTo(new Missing());
    assertThat(hypervisor().domains()).doesNotContain(vm);
  }

  @Test
  void aDefinitionIsReplacedAndItsMarkIsSeen() throws IOException {
    VmSpec spec = Vms.spec(2, disk(2, GuestProgram.DEAF));
    define(spec);
    define(Vms.reboots(spec, 4));
    assertThat(hypervisor().look(spec.vmId()))
        .isInstanceOfSatisfying(
            Off.class, off -> assertThat(off.metadata().reboots()).isEqualTo(4));
    hypervisor().undefine(spec.vmId());
  }

  @Test
  void aGuestThatObeysItsButtonEndsByItsOwnPowerOff() throws IOException {
    VmId vm = run(3, GuestProgram.OBEDIENT);
    listen();
    hypervisor().requestPowerOff(vm);
    await(() -> hypervisor().look(vm) instanceof Off);
    assertCause(vm, Cause.SHUTDOWN);
    await(() -> heard.contains("shut down by guest " + vm));
    await(() -> heard.contains("changed " + vm));
    hypervisor().undefine(vm);
  }

  @Test
  void aRebootedGuestRunsOnAfterAReset() throws IOException {
    VmId vm = run(4, GuestProgram.OBEDIENT);
    listen();
    hypervisor().requestReboot(vm);
    await(() -> heard.contains("rebooted " + vm));
    await(() -> hypervisor().look(vm) instanceof Active a && a.activity() == Activity.RUNNING);
    heard.clear();
    hypervisor().reset(vm);
    await(() -> heard.contains("rebooted " + vm));
    hypervisor().destroy(vm);
    hypervisor().undefine(vm);
  }

  @Test
  void aKilledGuestIsOffByACrashAndIsHeardOf() throws IOException {
    VmId vm = run(5, GuestProgram.DEAF);
    listen();
    kill(vm);
    await(() -> heard.contains("changed " + vm));
    await(() -> hypervisor().look(vm) instanceof Off);
    assertCause(vm, Cause.CRASHED);
    assertThat(heard).noneMatch(event -> event.startsWith("shut down"));
    hypervisor().undefine(vm);
  }

  @Test
  void anotherPersonsDomainIsNeverListedNorTouched() {
    VmId vm = Vms.id(6);
    String xml =
        "<domain type='qemu'><name>"
            + vm
            + "</name><memory unit='MiB'>32</memory><os>"
            + "<type arch='x86_64' machine='q35'>hvm</type></os></domain>";
    defineForeign(xml);
    try {
      assertThat(hypervisor().look(vm)).isEqualTo(new Foreign());
      assertThat(hypervisor().domains()).doesNotContain(vm);
      assertThatThrownBy(() -> hypervisor().startPaused(vm)).isInstanceOf(AgentException.class);
      assertThatThrownBy(() -> hypervisor().destroy(vm)).isInstanceOf(AgentException.class);
      assertThatThrownBy(() -> hypervisor().undefine(vm)).isInstanceOf(AgentException.class);
      assertThat(hypervisor().look(vm)).isEqualTo(new Foreign());
    } finally {
      removeForeign(vm.value());
    }
  }

  @Test
  void aRunningGuestHasAPicture() throws IOException {
    VmId vm = run(7, GuestProgram.DEAF);
    assertThat(Screenshots.png(hypervisor().screenshot(vm))).startsWith(0x89, 'P', 'N', 'G');
    hypervisor().destroy(vm);
    hypervisor().undefine(vm);
  }

  private VmId define(int number, GuestProgram program) throws IOException {
    VmSpec spec = Vms.spec(number, disk(number, program));
    define(spec);
    return spec.vmId();
  }

  private void define(VmSpec spec) {
    HostProfile profile =
        new HostProfile(
            Acceleration.QEMU,
            Path.of("/usr/bin/qemu-system-x86_64"),
            new ConsolesDirectory(directory()).path());
    hypervisor().define(DomainXml.of(spec, profile));
  }

  private record ConsolesDirectory(Path parent) {
    Path path() {
      Path path = parent.resolve("consoles");
      path.toFile().mkdirs();
      return path;
    }
  }

  private VmId run(int number, GuestProgram program) throws IOException {
    VmId vm = define(number, program);
    hypervisor().startPaused(vm);
    hypervisor().resume(vm);
    awaitUp(vm);
    return vm;
  }

  private void listen() {
    heard.clear();
    hypervisor()
        .listen(
            new Hypervisor.Listener() {
              @Override
              public void shutDown(VmId vm, boolean byGuest) {
                heard.add("shut down by " + (byGuest ? "guest " : "signal ") + vm);
              }

              @Override
              public void rebooted(VmId vm) {
                heard.add("rebooted " + vm);
              }

              @Override
              public void changed(VmId vm) {
                heard.add("changed " + vm);
              }

              @Override
              public void lost() {
                heard.add("lost");
              }
            });
    assertThat(heard).contains("lost");
  }

  private void assertActivity(VmId vm, Activity activity) {
    assertThat(hypervisor().look(vm))
        .isInstanceOfSatisfying(
            Active.class, active -> assertThat(active.activity()).isEqualTo(activity));
  }

  private void assertCause(VmId vm, Cause cause) {
    assertThat(hypervisor().look(vm))
        .isInstanceOfSatisfying(Off.class, off -> assertThat(off.cause()).isEqualTo(cause));
  }

  static void await(BooleanSupplier condition) {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("not reached");
      }
      PrivateLibvirtd.pause();
    }
  }
}
