package io.hanok.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DesiredPower;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.ResourceStatus.ObservedPower;
import io.hanok.agent.api.ResourceStatus.OffReason;
import io.hanok.agent.api.VmSpec;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.Step;
import io.hanok.agent.runtime.Wakeups;
import io.hanok.compute.HostProfile.Acceleration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every way from every state to every document, with the agent crashing after each effect: the end
 * is the same, and the second run does nothing.
 */
class VmConvergerKitTest {
  private static final VmSpec SPEC = Vms.spec(1, Path.of("/pool/a"));

  @TempDir Path temporary;

  private Path directory;
  private Instant now = Instant.parse("2030-01-01T00:00:00Z");
  private SimHypervisor sim = new SimHypervisor();
  private SimHost host = new SimHost("first-boot");
  private VmConverger converger;

  /** States of the host, each with how it is reached. */
  private static final Map<String, Consumer<VmConvergerKitTest>> STATES =
      Map.of(
          "nothing", kit -> {},
          "paused", kit -> kit.reach(Vms.power(SPEC, DesiredPower.PAUSED)),
          "running", kit -> kit.reach(SPEC),
          "running, deaf",
              kit -> {
                kit.reach(SPEC);
                kit.sim.deaf(SPEC.vmId(), true);
              },
          "stopped",
              kit -> {
                kit.reach(SPEC);
                kit.reach(Vms.off(SPEC, 60));
              },
          "out of space",
              kit -> {
                kit.reach(SPEC);
                kit.sim.poolFull(true);
                kit.sim.poolFull(false);
              },
          "host restarted",
              kit -> {
                kit.reach(SPEC);
                kit.sim.hostRestarts();
                kit.host = new SimHost("second-boot");
              },
          "facts lost",
              kit -> {
                kit.reach(SPEC);
                kit.deleteFacts();
              });

  static Stream<List<Object>> ways() {
    return STATES.keySet().stream()
        .sorted()
        .flatMap(
            state ->
                Stream.of(
                    List.<Object>of(state, Vms.document(5, Vms.power(SPEC, DesiredPower.PAUSED))),
                    List.<Object>of(state, Vms.document(5, SPEC)),
                    List.<Object>of(state, Vms.document(5, Vms.reboots(SPEC, 1))),
                    List.<Object>of(state, Vms.document(5, Vms.off(SPEC, 60))),
                    List.<Object>of(state, Vms.document(5, Vms.off(SPEC, 0))),
                    List.<Object>of(state, Vms.absent(5, SPEC.vmId()))));
  }

  @ParameterizedTest
  @MethodSource("ways")
  void crashingAfterAnyEffectLeadsToTheSameEnd(List<Object> way) {
    DesiredDocument document = (DesiredDocument) way.get(1);
    for (int crashAt = 0; crashAt <= 4; crashAt++) {
      begin("crash-" + crashAt);
      STATES.get((String) way.get(0)).accept(this);
      restartAgent();
      int startsBefore = sim.starts(SPEC.vmId());
      if (crashAt > 0) {
        sim.crashAfterEffect(crashAt);
      }
      Step end = settle(document);
      assertEnd(document, end);
      assertThat(sim.starts(SPEC.vmId()) - startsBefore).isLessThanOrEqualTo(1);

      sim.crashAfterEffect(1);
      assertThat(converger.converge(document)).as("the second run").isEqualTo(end);
      restartAgent();
      assertThat(converger.converge(document)).as("after a restart").isEqualTo(end);
    }
  }

  private void assertEnd(DesiredDocument document, Step end) {
    if (!document.present()) {
      assertThat(end.status()).isEqualTo(new ResourceStatus.Absent());
      assertThat(sim.allDomains()).isEmpty();
      assertThat(directory.resolve("vms").toFile().list()).isEmpty();
      return;
    }
    ResourceStatus.Vm vm = (ResourceStatus.Vm) end.status();
    ObservedPower expected =
        switch (((VmSpec) document.spec()).power()) {
          case PAUSED -> ObservedPower.PAUSED;
          case RUNNING -> ObservedPower.RUNNING;
          case OFF -> ObservedPower.OFF;
        };
    if (expected == ObservedPower.PAUSED) {
      // A guest that a write error has paused is left as it is.
      assertThat(vm.power()).isIn(ObservedPower.PAUSED, ObservedPower.SUSPENDED_IO);
    } else {
      assertThat(vm.power()).isEqualTo(expected);
    }
    if (expected == ObservedPower.OFF) {
      assertThat(vm.offReason()).isIn(OffReason.REQUESTED, OffReason.NOT_STARTED);
    }
  }

  @Test
  void theStopsGraceCountsOnWhileTheAgentIsDown() {
    begin("grace");
    reach(SPEC);
    sim.deaf(SPEC.vmId(), true);
    DesiredDocument off = Vms.document(5, Vms.off(SPEC, 60));
    assertThat(converger.converge(off)).isInstanceOf(Step.Again.class);
    now = now.plusSeconds(59);
    restartAgent();
    assertThat(converger.converge(off)).isInstanceOf(Step.Again.class);
    now = now.plusSeconds(1);
    restartAgent();
    assertThat(converger.converge(off)).isInstanceOf(Step.Settled.class);
  }

  @Test
  void aGuestThatPowersItselfOffWhileTheAgentIsDownIsOffForUnknownReasonAndNotStarted() {
    begin("down");
    reach(SPEC);
    sim.close();
    sim.guestPowersOff(SPEC.vmId());
    restartAgent();
    int starts = sim.starts(SPEC.vmId());
    converger.converge(Vms.document(5, SPEC));
    now = now.plus(VmPlan.EVENT_GRACE);
    Step step = converger.converge(Vms.document(5, SPEC));
    assertThat(((ResourceStatus.Vm) step.status()).offReason()).isEqualTo(OffReason.UNKNOWN);
    assertThat(sim.starts(SPEC.vmId())).isEqualTo(starts);
  }

  @Test
  void aGuestsOwnPowerOffIsKnownAfterARestartOfTheAgentAndOfTheHost() {
    begin("own");
    reach(SPEC);
    sim.guestPowersOff(SPEC.vmId());
    restartAgent();
    assertThat(reason()).isEqualTo(OffReason.GUEST);
    sim.hostRestarts();
    host = new SimHost("second-boot");
    restartAgent();
    assertThat(reason()).isEqualTo(OffReason.GUEST);
    assertThat(sim.starts(SPEC.vmId())).isEqualTo(1);
  }

  @Test
  void aGuestThatAStoppingHostPowersOffRunsAgainAfterTheHostsRestart() {
    begin("host-stops");
    reach(SPEC);
    host.stopping = HostStop.Answer.STOPS;
    sim.guestPowersOff(SPEC.vmId());
    for (int look = 0; look < 5; look++) {
      Step.Again waiting = (Step.Again) converger.converge(Vms.document(5, SPEC));
      assertThat(((ResourceStatus.Vm) waiting.status()).offReason()).isNull();
      now = now.plusSeconds(10);
      restartAgent();
    }
    host = new SimHost("second-boot");
    restartAgent();
    reach(SPEC);
    assertThat(sim.starts(SPEC.vmId())).isEqualTo(2);
  }

  @Test
  void aPowerOffOnAHostThatDoesNotTellWhetherItStopsIsNotTheGuestsOwn() {
    begin("untold");
    reach(SPEC);
    host.stopping = HostStop.Answer.UNTOLD;
    sim.guestPowersOff(SPEC.vmId());
    converger.converge(Vms.document(5, SPEC));
    now = now.plus(VmPlan.EVENT_GRACE);
    assertThat(reason()).isEqualTo(OffReason.UNKNOWN);
  }

  @Test
  void aMachineThatDiesInTheMiddleOfARebootHasCrashedAndWasNotLeftByItsGuest() {
    begin("reboot-dies");
    reach(SPEC);
    sim.deaf(SPEC.vmId(), true);
    DesiredDocument reboot = Vms.document(5, Vms.reboots(SPEC, 1));
    assertThat(converger.converge(reboot)).isInstanceOf(Step.Again.class);
    converger.shutDown(SPEC.vmId(), true);
    sim.hostRestarts();
    Step step = converger.converge(reboot);
    assertThat(((ResourceStatus.Vm) step.status()).offReason()).isEqualTo(OffReason.CRASHED);
  }

  @Test
  void aGuestMayLeaveByItselfAfterItsReboot() {
    begin("reboot-leaves");
    reach(SPEC);
    DesiredDocument reboot = Vms.document(5, Vms.reboots(SPEC, 1));
    settle(reboot);
    sim.guestPowersOff(SPEC.vmId());
    Step step = converger.converge(reboot);
    assertThat(((ResourceStatus.Vm) step.status()).offReason()).isEqualTo(OffReason.GUEST);
  }

  private OffReason reason() {
    return ((ResourceStatus.Vm) converger.converge(Vms.document(5, SPEC)).status()).offReason();
  }

  @Test
  void aRefusalIsReportedAndOvercomeOnceItIsGone() {
    begin("refusal");
    sim.failWith("no memory");
    assertThatThrownBy(() -> converger.converge(Vms.document(5, SPEC)))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("no memory");
    sim.failWith(null);
    reach(SPEC);
  }

  @Test
  void anUnreachableLibvirtLosesNothing() {
    begin("unreachable");
    reach(SPEC);
    sim.reachable(false);
    sim.kill(SPEC.vmId());
    assertThatThrownBy(() -> converger.converge(Vms.document(5, SPEC)))
        .isInstanceOf(AgentException.class);
    sim.reachable(true);
    assertThat(reason()).isEqualTo(OffReason.CRASHED);
  }

  @Test
  void aDomainThatIsNotOursIsNeitherListedNorTouched() {
    begin("foreign");
    String foreign = "<domain><name>" + SPEC.vmId() + "</name></domain>";
    sim.defineForeign(foreign);
    assertThat(converger.inventory()).isEmpty();
    assertThatThrownBy(() -> converger.converge(Vms.document(5, SPEC)))
        .isInstanceOf(AgentException.class)
        .hasMessageContaining("not Hanok's");
    converger.converge(Vms.absent(6, SPEC.vmId()));
    assertThat(sim.allDomains()).containsExactly(SPEC.vmId().value());
  }

  // --- words ---

  private void begin(String run) {
    directory = temporary.resolve(run);
    sim = new SimHypervisor();
    host = new SimHost("first-boot");
    restartAgent();
  }

  private void restartAgent() {
    Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);
    HostProfile profile =
        new HostProfile(Acceleration.QEMU, Path.of("/usr/bin/qemu"), directory.resolve("consoles"));
    converger =
        new VmConverger(
            sim,
            new VmFactsStore(directory.resolve("vms")),
            new Consoles(profile.consoleDirectory()),
            sim,
            profile,
            new VmPlan(Duration.ofSeconds(240)),
            host,
            clock);
    sim.listen(new ComputeAgent.DomainEvents(converger, new NoWakeups()));
  }

  private void reach(VmSpec spec) {
    assertThat(settle(Vms.document(1, spec))).isInstanceOf(Step.Settled.class);
  }

  /** The runtime's part: again and again, on a clock that jumps, restarting what crashed. */
  private Step settle(DesiredDocument document) {
    for (int i = 0; i < 60; i++) {
      try {
        switch (converger.converge(document)) {
          case Step.Settled settled -> {
            return settled;
          }
          case Step.Again again -> now = now.plus(again.after());
        }
        sim.networkTakesTaps();
      } catch (SimHypervisor.Crash crash) {
        sim.crashNoMore();
        restartAgent();
      }
    }
    throw new AssertionError("does not settle");
  }

  private void deleteFacts() {
    try {
      Files.deleteIfExists(directory.resolve("vms/" + SPEC.vmId() + ".json"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private record NoWakeups() implements Wakeups {
    @Override
    public void wake(DocumentKind kind, String key) {
      // The kit calls the convergence itself.
    }

    @Override
    public void wakeAll(DocumentKind kind) {
      // The kit calls the convergence itself.
    }

    @Override
    public void reportSoon() {
      // Nobody hears reports.
    }
  }
}
