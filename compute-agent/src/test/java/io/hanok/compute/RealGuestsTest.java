package io.hanok.compute;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.ResourceStatus.ObservedPower;
import io.hanok.agent.api.ResourceStatus.OffReason;
import io.hanok.agent.api.VmSpec;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.Step;
import io.hanok.agent.runtime.Wakeups;
import io.hanok.compute.HostProfile.Acceleration;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Real machines under a real libvirtd, from their documents to their end. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RealGuestsTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final long DISK = 16L << 20;

  private final Map<String, Instant> wakeups = new ConcurrentHashMap<>();
  private PrivateLibvirtd libvirtd;
  private int number;
  private LibvirtHypervisor hypervisor;
  private VmConverger converger;
  private VmSpec spec;
  private Path console;

  @BeforeAll
  void startLibvirtd() throws IOException {
    libvirtd = new PrivateLibvirtd();
  }

  @AfterAll
  void stopLibvirtd() throws IOException {
    if (libvirtd != null) {
      libvirtd.close();
    }
  }

  @BeforeEach
  void startAgent() {
    hypervisor = new LibvirtHypervisor(libvirtd.uri());
    HostProfile profile =
        new HostProfile(
            Acceleration.QEMU,
            Path.of("/usr/bin/qemu-system-x86_64"),
            libvirtd.directory().resolve("consoles"));
    converger =
        new VmConverger(
            hypervisor,
            new VmFactsStore(libvirtd.directory().resolve("vms")),
            new Consoles(profile.consoleDirectory()),
            libvirtd.taps(),
            profile,
            new VmPlan(Duration.ofSeconds(3)),
            new SimHost(new HostProbe(Path.of("/proc"), Path.of("/dev/kvm")).boot()),
            Clock.systemUTC());
    hypervisor.listen(new ComputeAgent.DomainEvents(converger, new RecordedWakeups()));
  }

  @AfterEach
  void stopAgent() {
    if (spec != null) {
      until(Vms.absent(99, spec.vmId()), step -> step.status() instanceof ResourceStatus.Absent);
    }
    hypervisor.close();
  }

  private void guest(GuestProgram program) throws IOException {
    number++;
    Path disk = libvirtd.directory().resolve("disk-" + number);
    program.writeDisk(disk, DISK);
    spec = Vms.spec(number, disk);
    console = libvirtd.directory().resolve("consoles/" + spec.vmId() + ".log");
  }

  @Test
  void aGuestRunsOnlyOnceItsNetworkIsReadyAndLeavesNothingBehind() throws IOException {
    guest(GuestProgram.OBEDIENT);
    DesiredDocument running = Vms.document(1, spec);

    Step.Again waiting = (Step.Again) until(running, is(ObservedPower.PAUSED));
    assertThat(waiting.waitingFor()).isEqualTo("network");
    assertThat(libvirtd.taps().here()).hasSize(1);
    assertThat(converger.inventory()).extracting(o -> o.kind()).contains("domain", "tap");
    assertThat(Files.readString(console)).isEmpty();

    run(running);
    assertThat(libvirtd.guest(spec.vmId().value()).info().user()).contains("libvirt-qemu");
    assertThat(Screenshots.png(hypervisor.screenshot(spec.vmId()))).startsWith(0x89, 'P', 'N', 'G');

    until(Vms.document(2, Vms.off(spec, 60)), is(ObservedPower.OFF, OffReason.REQUESTED));
    assertThat(libvirtd.takenTaps().here()).isEmpty();
    until(Vms.absent(3, spec.vmId()), step -> step.status() instanceof ResourceStatus.Absent);
    assertThat(console).doesNotExist();
    assertThat(libvirtd.directory().resolve("vms").toFile().list()).isEmpty();
    assertThat(converger.inventory()).isEmpty();
  }

  @Test
  void aGuestThatPowersItselfOffStaysOffAndTheAgentStillKnowsAfterItsOwnRestart()
      throws IOException {
    guest(GuestProgram.LEAVING);
    DesiredDocument running = Vms.document(1, spec);
    until(running, is(ObservedPower.PAUSED));
    libvirtd.takeTaps();
    until(running, is(ObservedPower.OFF, OffReason.GUEST));

    hypervisor.close();
    startAgent();
    Step step = converger.converge(running);
    assertThat(step.status())
        .isInstanceOfSatisfying(
            ResourceStatus.Vm.class, vm -> assertThat(vm.offReason()).isEqualTo(OffReason.GUEST));
    assertThat(Files.readString(console)).containsOnlyOnce("UP");
  }

  @Test
  void aKilledGuestIsReportedAsCrashedWithinASecond() throws IOException {
    guest(GuestProgram.DEAF);
    DesiredDocument running = Vms.document(1, spec);
    run(running);
    wakeups.clear();
    Instant killed = Instant.now();
    libvirtd.guest(spec.vmId().value()).destroyForcibly();
    await(() -> wakeups.containsKey(spec.vmId().value()));
    assertThat(Duration.between(killed, wakeups.get(spec.vmId().value())))
        .isLessThan(Duration.ofSeconds(5));
    until(running, is(ObservedPower.OFF, OffReason.CRASHED));
  }

  @Test
  void aDeafGuestIsCutOffAtTheEndOfItsGrace() throws IOException {
    guest(GuestProgram.DEAF);
    run(Vms.document(1, spec));
    DesiredDocument off = Vms.document(2, Vms.off(spec, 2));
    assertThat(converger.converge(off)).isInstanceOf(Step.Again.class);
    until(off, is(ObservedPower.OFF, OffReason.REQUESTED));
  }

  @Test
  void anObedientGuestRebootsOnceAndADeafOneIsReset() throws IOException {
    guest(GuestProgram.OBEDIENT);
    run(Vms.document(1, spec));
    long pid = libvirtd.guest(spec.vmId().value()).pid();
    DesiredDocument rebooted = Vms.document(2, Vms.reboots(spec, 1));
    until(rebooted, is(ObservedPower.RUNNING).and(s -> s instanceof Step.Settled));
    await(() -> said("UP") == 2);
    assertThat(libvirtd.guest(spec.vmId().value()).pid()).isEqualTo(pid);
    assertThat(converger.converge(rebooted)).isInstanceOf(Step.Settled.class);
    stopAgent();

    startAgent();
    guest(GuestProgram.DEAF);
    run(Vms.document(1, spec));
    until(
        Vms.document(2, Vms.reboots(spec, 1)),
        is(ObservedPower.RUNNING).and(s -> s instanceof Step.Settled));
    await(() -> said("UP") == 2);
  }

  @Test
  void guestsSurviveLibvirtdAndEventsArriveAgainAfterwards() throws IOException {
    guest(GuestProgram.OBEDIENT);
    DesiredDocument running = Vms.document(1, spec);
    run(running);
    long pid = libvirtd.guest(spec.vmId().value()).pid();

    for (int restart = 0; restart < 3; restart++) {
      libvirtd.kill();
      await(this::unreachable);
      wakeups.clear();
      libvirtd.start();
      await(() -> wakeups.containsKey("every"));
      // Collects the lost connection, into whose listeners libvirt may still call.
      System.gc();
    }
    until(running, is(ObservedPower.RUNNING));
    assertThat(libvirtd.guest(spec.vmId().value()).pid()).isEqualTo(pid);
    assertThat(said("UP")).isEqualTo(1);

    wakeups.clear();
    hypervisor.requestPowerOff(spec.vmId());
    await(() -> wakeups.containsKey(spec.vmId().value()));
    until(running, is(ObservedPower.OFF, OffReason.GUEST));
  }

  @Test
  void aGuestOnAFullPoolIsStoppedAndGoesOnOnceThereIsSpace() throws IOException {
    guest(GuestProgram.WRITER);
    Path pool = Files.createDirectory(libvirtd.directory().resolve("pool"));
    PrivateLibvirtd.run(
        "mount", "-t", "tmpfs", "-o", "size=3m,mode=0755", "tmpfs", pool.toString());
    try {
      // libvirtd's mount namespace is older than this mount: it is reached through a new daemon.
      libvirtd.kill();
      libvirtd.start();
      await(() -> !unreachable());
      Path disk = pool.resolve("disk");
      GuestProgram.WRITER.writeDisk(disk, DISK);
      spec = Vms.spec(number, disk);
      DesiredDocument running = Vms.document(1, spec);
      run(running);
      until(running, is(ObservedPower.SUSPENDED_IO));
      assertThat(said("W")).isZero();

      PrivateLibvirtd.run("mount", "-o", "remount,size=32m", pool.toString());
      until(running, is(ObservedPower.RUNNING));
      await(
          () -> {
            converger.converge(running);
            return said("W") == 1;
          });
      until(Vms.absent(9, spec.vmId()), step -> step.status() instanceof ResourceStatus.Absent);
    } finally {
      libvirtd.inItsMounts("umount", pool.toString());
      PrivateLibvirtd.run("umount", pool.toString());
    }
  }

  private boolean unreachable() {
    try {
      hypervisor.domains();
      return false;
    } catch (AgentException expected) {
      return true;
    }
  }

  private void run(DesiredDocument running) {
    until(running, is(ObservedPower.PAUSED));
    libvirtd.takeTaps();
    until(running, is(ObservedPower.RUNNING));
    await(() -> said("U") > 0);
  }

  private long said(String what) {
    try {
      String log =
          Files.exists(console) ? Files.readString(console, StandardCharsets.ISO_8859_1) : "";
      return log.lines().filter(line -> line.contains(what)).count();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static java.util.function.Predicate<Step> is(ObservedPower power) {
    return step -> step.status() instanceof ResourceStatus.Vm vm && vm.power() == power;
  }

  private static java.util.function.Predicate<Step> is(ObservedPower power, OffReason reason) {
    return step ->
        step.status() instanceof ResourceStatus.Vm vm
            && vm.power() == power
            && vm.offReason() == reason;
  }

  /** Does what the runtime does: converges again and again, until a step is as wanted. */
  private Step until(DesiredDocument document, java.util.function.Predicate<Step> wanted) {
    Instant end = Instant.now().plus(PATIENCE);
    Object last = null;
    while (Instant.now().isBefore(end)) {
      try {
        Step step = converger.converge(document);
        if (wanted.test(step)) {
          return step;
        }
        last = step;
      } catch (AgentException e) {
        last = e;
      }
      PrivateLibvirtd.pause();
    }
    throw new AssertionError("not reached; last: " + last);
  }

  private static void await(BooleanSupplier condition) {
    Instant end = Instant.now().plus(PATIENCE);
    while (!condition.getAsBoolean()) {
      if (Instant.now().isAfter(end)) {
        throw new AssertionError("not reached");
      }
      PrivateLibvirtd.pause();
    }
  }

  private final class RecordedWakeups implements Wakeups {
    @Override
    public void wake(DocumentKind kind, String key) {
      wakeups.putIfAbsent(new VmId(key).value(), Instant.now());
    }

    @Override
    public void wakeAll(DocumentKind kind) {
      wakeups.putIfAbsent("every", Instant.now());
    }

    @Override
    public void reportSoon() {
      // Nothing here reports.
    }
  }
}
