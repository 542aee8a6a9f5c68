package io.hanok.compute;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DesiredPower;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.ResourceStatus.ObservedPower;
import io.hanok.agent.api.ResourceStatus.OffReason;
import io.hanok.agent.api.TapName;
import io.hanok.agent.api.VmSpec;
import io.hanok.agent.runtime.Step;
import io.hanok.compute.DomainView.Activity;
import io.hanok.compute.DomainView.Cause;
import io.hanok.compute.VmAction.Effect;
import io.hanok.compute.VmAction.Perform;
import io.hanok.compute.VmAction.Remember;
import io.hanok.compute.VmFacts.Reboot;
import io.hanok.compute.VmFacts.ShutdownBy;
import io.hanok.compute.VmFacts.Stop;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The table of the plan, a test a row. */
class VmPlanTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");
  private static final Instant EARLIER = NOW.minusSeconds(3);
  private static final String BOOT = "this-boot";
  private static final VmSpec RUNNING = Vms.spec(1, Path.of("/pool/a"));
  private static final VmSpec PAUSED = Vms.power(RUNNING, DesiredPower.PAUSED);
  private static final VmSpec OFF = Vms.off(RUNNING, 60);
  private static final String TAP = TapName.of(RUNNING.nics().getFirst().eniId());
  private static final VmFacts STARTED = VmFacts.NONE.started(BOOT, 0);
  private static final VmFacts RAN = STARTED.powered(ObservedPower.RUNNING, EARLIER);
  private static final VmFacts WAS_PAUSED = STARTED.powered(ObservedPower.PAUSED, EARLIER);
  private static final DomainView MISSING = new DomainView.Missing();

  private final VmPlan plan = new VmPlan(Duration.ofSeconds(240));

  // --- from nothing to running ---

  @Test
  void aVmThatNeverRanIsStartedWhetherItShouldPauseOrRun() {
    assertThat(next(PAUSED, MISSING, VmFacts.NONE)).isEqualTo(perform(Effect.START, VmFacts.NONE));
    assertThat(next(RUNNING, MISSING, VmFacts.NONE)).isEqualTo(perform(Effect.START, VmFacts.NONE));
    assertThat(next(RUNNING, off(Cause.UNKNOWN), VmFacts.NONE))
        .isEqualTo(perform(Effect.START, VmFacts.NONE));
  }

  @Test
  void aVmThatNeverRanAndShouldBeOffIsLeftAlone() {
    assertOff(next(OFF, MISSING, VmFacts.NONE), OffReason.NOT_STARTED);
  }

  @Test
  void aStartedProcessIsRememberedBeforeAnythingElseWithTheRebootsOfItsDefinition() {
    assertThat(next(RUNNING, active(Activity.PAUSED, 5), VmFacts.NONE))
        .isEqualTo(new Remember(VmFacts.NONE.started(BOOT, 5)));
  }

  @Test
  void aPausedGuestThatShouldPauseIsSettled() {
    assertSettled(next(PAUSED, active(Activity.PAUSED), WAS_PAUSED), ObservedPower.PAUSED);
  }

  @Test
  void aPausedGuestWaitsWhileATapIsStillHere() {
    assertWaits(
        plan.next(view(RUNNING, active(Activity.PAUSED), WAS_PAUSED, Set.of(TAP))),
        ObservedPower.PAUSED,
        "network");
  }

  @Test
  void aPausedGuestWhoseTapsWereTakenIsResumed() {
    assertThat(
            plan.next(
                view(RUNNING, active(Activity.PAUSED), WAS_PAUSED, Set.of("e00000000000999"))))
        .isEqualTo(perform(Effect.RESUME, WAS_PAUSED));
  }

  @Test
  void aChangeOfPowerIsRememberedWithItsTime() {
    assertThat(next(RUNNING, active(Activity.RUNNING), WAS_PAUSED))
        .isEqualTo(new Remember(WAS_PAUSED.powered(ObservedPower.RUNNING, NOW)));
  }

  @Test
  void aRunningGuestIsSettledAndPausedWhenADocumentSaysSo() {
    assertSettled(next(RUNNING, active(Activity.RUNNING), RAN), ObservedPower.RUNNING);
    assertThat(next(PAUSED, active(Activity.RUNNING), RAN)).isEqualTo(perform(Effect.SUSPEND, RAN));
  }

  @Test
  void aForeignDomainOfThatNameIsRefusedAndNeverTouched() {
    assertThat(next(RUNNING, new DomainView.Foreign(), VmFacts.NONE))
        .isInstanceOfSatisfying(
            VmAction.Refuse.class,
            r -> assertThat(r.code()).isEqualTo(AgentFault.Code.INVALID_SPEC));
    assertAbsent(absent(new DomainView.Foreign(), VmFacts.NONE, false));
  }

  // --- write errors ---

  @Test
  void aGuestStoppedByAWriteErrorIsResumedEveryFiveSeconds() {
    VmFacts stuck = RAN.powered(ObservedPower.SUSPENDED_IO, EARLIER);
    assertThat(next(RUNNING, active(Activity.IO_ERROR), stuck))
        .isEqualTo(perform(Effect.RESUME, stuck.ioRetried(NOW)));
    assertWaits(
        next(RUNNING, active(Activity.IO_ERROR), stuck.ioRetried(EARLIER)),
        ObservedPower.SUSPENDED_IO,
        "space");
    VmFacts longAgo = stuck.ioRetried(NOW.minusSeconds(5));
    assertThat(next(RUNNING, active(Activity.IO_ERROR), longAgo))
        .isEqualTo(perform(Effect.RESUME, longAgo.ioRetried(NOW)));
  }

  // --- reboot ---

  @Test
  void aHigherRebootCountIsRememberedThenAsked() {
    VmSpec wanted = Vms.reboots(RUNNING, 2);
    VmFacts begun = RAN.rebooting(new Reboot(2, NOW, null, false));
    assertThat(next(wanted, active(Activity.RUNNING), RAN)).isEqualTo(new Remember(begun));
    assertThat(next(wanted, active(Activity.RUNNING), begun))
        .isEqualTo(perform(Effect.REQUEST_REBOOT, begun.rebooting(new Reboot(2, NOW, NOW, false))));
  }

  @Test
  void aRebootWaitsAsksAgainAndIsForcedAtItsDeadline() {
    VmSpec wanted = Vms.reboots(RUNNING, 1);
    assertWaits(
        next(
            wanted,
            active(Activity.RUNNING),
            RAN.rebooting(new Reboot(1, EARLIER, EARLIER, false))),
        ObservedPower.RUNNING,
        "reboot");
    VmFacts unanswered =
        RAN.rebooting(new Reboot(1, NOW.minusSeconds(10), NOW.minusSeconds(10), false));
    assertThat(next(wanted, active(Activity.RUNNING), unanswered))
        .isEqualTo(
            perform(
                Effect.REQUEST_REBOOT,
                RAN.rebooting(new Reboot(1, NOW.minusSeconds(10), NOW, false))));
    VmFacts late = RAN.rebooting(new Reboot(1, NOW.minusSeconds(240), NOW, false));
    assertThat(next(wanted, active(Activity.RUNNING), late))
        .isEqualTo(perform(Effect.RESET, RAN.rebooted(1)));
  }

  @Test
  void aSeenResetSatisfiesTheRebootAndIsNotRepeated() {
    VmSpec wanted = Vms.reboots(RUNNING, 1);
    VmFacts seen = RAN.rebooting(new Reboot(1, EARLIER, EARLIER, true));
    assertThat(next(wanted, active(Activity.RUNNING), seen))
        .isEqualTo(new Remember(RAN.rebooted(1)));
    assertSettled(next(wanted, active(Activity.RUNNING), RAN.rebooted(1)), ObservedPower.RUNNING);
  }

  @Test
  void thePowerOffInTheMiddleOfARebootIsForgottenOnceItRunsAgain() {
    assertWaits(
        next(RUNNING, active(Activity.SHUTTING_DOWN), RAN.shutDown(ShutdownBy.GUEST)),
        ObservedPower.RUNNING,
        "end");
    assertThat(next(RUNNING, active(Activity.RUNNING), RAN.shutDown(ShutdownBy.GUEST)))
        .isEqualTo(new Remember(RAN));
  }

  // --- power-off by document ---

  @Test
  void aStopIsRememberedWithItsGenerationThenAsked() {
    VmFacts begun = RAN.stopping(new Stop(9, NOW, null));
    assertThat(next(OFF, active(Activity.RUNNING), RAN)).isEqualTo(new Remember(begun));
    assertThat(next(OFF, active(Activity.RUNNING), begun))
        .isEqualTo(perform(Effect.REQUEST_POWER_OFF, RAN.stopping(new Stop(9, NOW, NOW))));
  }

  @Test
  void aStopWaitsAsksAgainAndCutsOffAtTheEndOfItsGrace() {
    assertWaits(
        next(OFF, active(Activity.RUNNING), RAN.stopping(new Stop(9, EARLIER, EARLIER))),
        ObservedPower.RUNNING,
        "power-off");
    Instant tenAgo = NOW.minusSeconds(10);
    assertThat(next(OFF, active(Activity.RUNNING), RAN.stopping(new Stop(9, tenAgo, tenAgo))))
        .isEqualTo(perform(Effect.REQUEST_POWER_OFF, RAN.stopping(new Stop(9, tenAgo, NOW))));
    VmFacts late = RAN.stopping(new Stop(9, NOW.minusSeconds(60), EARLIER));
    assertThat(next(OFF, active(Activity.RUNNING), late)).isEqualTo(perform(Effect.DESTROY, late));
  }

  @Test
  void aLaterDocumentStartsItsOwnGraceAndNoGraceCutsOffAtOnce() {
    VmFacts older = RAN.stopping(new Stop(8, NOW.minusSeconds(600), EARLIER));
    assertThat(next(OFF, active(Activity.RUNNING), older))
        .isEqualTo(new Remember(RAN.stopping(new Stop(9, NOW, null))));
    VmFacts begun = RAN.stopping(new Stop(9, NOW, null));
    assertThat(next(Vms.off(RUNNING, 0), active(Activity.RUNNING), begun))
        .isEqualTo(perform(Effect.DESTROY, begun));
  }

  @Test
  void aPausedGuestCannotHearItsButtonAndIsCutOffAtOnce() {
    VmFacts begun = WAS_PAUSED.stopping(new Stop(9, NOW, null));
    assertThat(next(OFF, active(Activity.PAUSED), begun)).isEqualTo(perform(Effect.DESTROY, begun));
  }

  @Test
  void aStoppedGuestIsOffByRequestWhateverEndedIt() {
    VmFacts stopping = RAN.stopping(new Stop(9, EARLIER, EARLIER));
    for (Cause cause : Cause.values()) {
      assertThat(next(OFF, off(cause), stopping))
          .isEqualTo(new Remember(stopping.off(OffReason.REQUESTED, NOW)));
    }
    VmFacts known = stopping.off(OffReason.REQUESTED, EARLIER).powered(ObservedPower.OFF, EARLIER);
    assertOff(next(OFF, off(Cause.SHUTDOWN), known), OffReason.REQUESTED);
  }

  @Test
  void aStoppedVmIsStartedAnewWhenALaterDocumentWantsIt() {
    VmFacts known =
        RAN.stopping(new Stop(8, EARLIER, EARLIER))
            .off(OffReason.REQUESTED, EARLIER)
            .powered(ObservedPower.OFF, EARLIER);
    assertThat(next(RUNNING, off(Cause.SHUTDOWN), known))
        .isEqualTo(new Remember(known.beforeStart()));
    assertThat(next(RUNNING, off(Cause.SHUTDOWN), known.beforeStart()))
        .isEqualTo(perform(Effect.START, known.beforeStart()));
  }

  // --- found off ---

  @Test
  void aGuestThatPoweredItselfOffIsRememberedAndStaysOff() {
    VmFacts left = RAN.shutDown(ShutdownBy.GUEST);
    VmFacts known = left.off(OffReason.GUEST, NOW);
    assertThat(next(RUNNING, off(Cause.SHUTDOWN), left)).isEqualTo(new Remember(known));
    assertThat(next(RUNNING, off(Cause.SHUTDOWN), known))
        .isEqualTo(new Remember(known.powered(ObservedPower.OFF, NOW)));
    assertStaysOff(known.powered(ObservedPower.OFF, NOW), OffReason.GUEST);
  }

  @Test
  void aGuestThatPoweredItselfOffStaysOffAfterTheHostsRestartToo() {
    VmFacts known =
        VmFacts.NONE
            .started("earlier-boot", 0)
            .shutDown(ShutdownBy.GUEST)
            .off(OffReason.GUEST, EARLIER)
            .powered(ObservedPower.OFF, EARLIER);
    assertStaysOff(known, OffReason.GUEST);
  }

  @Test
  void aGuestThatRanInAnEarlierBootIsStartedAgain() {
    VmFacts ran = VmFacts.NONE.started("earlier-boot", 0).powered(ObservedPower.RUNNING, EARLIER);
    assertThat(next(RUNNING, off(Cause.UNKNOWN), ran)).isEqualTo(new Remember(ran.beforeStart()));
    VmFacts crashed = ran.off(OffReason.CRASHED, EARLIER).powered(ObservedPower.OFF, EARLIER);
    assertThat(next(RUNNING, off(Cause.CRASHED), crashed))
        .isEqualTo(new Remember(crashed.beforeStart()));
  }

  @Test
  void aGuestThatRanInAnEarlierBootIsStartedAgainWhateverLibvirtSaysOfItsEnd() {
    VmFacts ran = VmFacts.NONE.started("earlier-boot", 0).powered(ObservedPower.RUNNING, EARLIER);
    for (Cause cause : Cause.values()) {
      for (VmFacts left :
          List.of(
              ran,
              ran.off(null, EARLIER),
              ran.shutDown(ShutdownBy.HOST),
              ran.shutDown(ShutdownBy.OUTSIDE),
              ran.rebooting(new Reboot(1, EARLIER, EARLIER, false)),
              ran.rebooting(new Reboot(1, EARLIER, EARLIER, false)).shutDown(ShutdownBy.GUEST),
              ran.off(OffReason.UNKNOWN, EARLIER).powered(ObservedPower.OFF, EARLIER),
              ran.off(OffReason.CRASHED, EARLIER).powered(ObservedPower.OFF, EARLIER))) {
        assertThat(next(RUNNING, off(cause), left))
            .as("%s, %s", cause, left)
            .isEqualTo(new Remember(left.beforeStart()));
      }
    }
  }

  @Test
  void whatEndsWhileTheHostStopsIsLeftOpenForTheNextBoot() {
    for (ShutdownBy by : new ShutdownBy[] {null, ShutdownBy.HOST, ShutdownBy.OUTSIDE}) {
      for (Cause cause : Cause.values()) {
        assertWaits(
            whileTheHostStops(RUNNING, off(cause), RAN.shutDown(by)),
            ObservedPower.RUNNING,
            "host");
      }
    }
  }

  @Test
  void aStopByDocumentAndAGuestsEarlierWishAreSettledWhileTheHostStopsToo() {
    VmFacts stopping = RAN.stopping(new Stop(9, EARLIER, EARLIER));
    assertThat(whileTheHostStops(OFF, off(Cause.SHUTDOWN), stopping))
        .isEqualTo(new Remember(stopping.off(OffReason.REQUESTED, NOW)));
    VmFacts left = RAN.shutDown(ShutdownBy.GUEST);
    assertThat(whileTheHostStops(RUNNING, off(Cause.SHUTDOWN), left))
        .isEqualTo(new Remember(left.off(OffReason.GUEST, NOW)));
  }

  @Test
  void aPowerOffThatTheHostMayHaveAskedForIsNotTheGuestsOwn() {
    VmFacts waited = RAN.shutDown(ShutdownBy.HOST).off(null, NOW.minus(VmPlan.EVENT_GRACE));
    assertThat(next(RUNNING, off(Cause.SHUTDOWN), waited))
        .isEqualTo(new Remember(waited.off(OffReason.UNKNOWN, NOW)));
  }

  @Test
  void aMachineThatDiesBetweenTheTwoStepsOfARebootHasCrashed() {
    VmFacts halfway =
        RAN.rebooting(new Reboot(1, EARLIER, EARLIER, false)).shutDown(ShutdownBy.GUEST);
    for (Cause cause : Cause.values()) {
      assertThat(next(Vms.reboots(RUNNING, 1), off(cause), halfway))
          .isEqualTo(new Remember(halfway.off(OffReason.CRASHED, NOW)));
    }
  }

  @Test
  void aGuestThatLeavesAfterItsResetLeavesByItself() {
    VmFacts reset = RAN.rebooting(new Reboot(1, EARLIER, EARLIER, true)).shutDown(ShutdownBy.GUEST);
    assertThat(next(Vms.reboots(RUNNING, 1), off(Cause.SHUTDOWN), reset))
        .isEqualTo(new Remember(reset.off(OffReason.GUEST, NOW)));
  }

  @Test
  void aDeadProcessIsACrashAndStaysOff() {
    for (Cause cause : Set.of(Cause.CRASHED, Cause.FAILED, Cause.DESTROYED)) {
      assertThat(next(RUNNING, off(cause), RAN))
          .isEqualTo(new Remember(RAN.off(OffReason.CRASHED, NOW)));
    }
    VmFacts signalled = RAN.shutDown(ShutdownBy.OUTSIDE);
    assertThat(next(RUNNING, off(Cause.SHUTDOWN), signalled))
        .isEqualTo(new Remember(signalled.off(OffReason.CRASHED, NOW)));
    assertStaysOff(
        RAN.off(OffReason.CRASHED, EARLIER).powered(ObservedPower.OFF, EARLIER), OffReason.CRASHED);
  }

  @Test
  void aPowerOffWithoutItsEventWaitsForItAndIsThenUnknown() {
    VmFacts seen = RAN.off(null, NOW);
    assertThat(next(RUNNING, off(Cause.SHUTDOWN), RAN)).isEqualTo(new Remember(seen));
    assertWaits(next(RUNNING, off(Cause.SHUTDOWN), seen), ObservedPower.RUNNING, "event");
    VmFacts waited = RAN.off(null, NOW.minus(VmPlan.EVENT_GRACE));
    assertThat(next(RUNNING, MISSING, waited))
        .isEqualTo(new Remember(RAN.off(OffReason.UNKNOWN, NOW)));
    VmFacts known = RAN.off(OffReason.UNKNOWN, NOW).powered(ObservedPower.OFF, NOW);
    assertStaysOff(known, OffReason.UNKNOWN);
  }

  @Test
  void anEventThatComesLateStillNamesTheGuest() {
    VmFacts unknown = RAN.off(OffReason.UNKNOWN, EARLIER).powered(ObservedPower.OFF, EARLIER);
    VmFacts told = unknown.shutDown(ShutdownBy.GUEST);
    assertThat(next(RUNNING, off(Cause.SHUTDOWN), told))
        .isEqualTo(new Remember(told.off(OffReason.GUEST, NOW)));
  }

  // --- absent ---

  @Test
  void anAbsentVmIsCutOffRemovedAndSettled() {
    assertThat(absent(active(Activity.RUNNING), RAN, true)).isEqualTo(perform(Effect.DESTROY, RAN));
    assertThat(absent(off(Cause.DESTROYED), RAN, true))
        .isEqualTo(perform(Effect.REMOVE, VmFacts.NONE));
    assertThat(absent(MISSING, RAN, true)).isEqualTo(perform(Effect.REMOVE, VmFacts.NONE));
    assertAbsent(absent(MISSING, VmFacts.NONE, false));
  }

  // --- words ---

  private VmAction next(VmSpec spec, DomainView domain, VmFacts facts) {
    return plan.next(view(spec, domain, facts, Set.of()));
  }

  private VmAction whileTheHostStops(VmSpec spec, DomainView domain, VmFacts facts) {
    return plan.next(
        new VmView(Vms.document(9, spec), domain, facts, true, Set.of(), BOOT, true, NOW));
  }

  private VmAction absent(DomainView domain, VmFacts facts, boolean leftovers) {
    DesiredDocument gone = Vms.absent(9, RUNNING.vmId());
    return plan.next(new VmView(gone, domain, facts, leftovers, Set.of(), BOOT, false, NOW));
  }

  private static VmView view(VmSpec spec, DomainView domain, VmFacts facts, Set<String> taps) {
    return new VmView(Vms.document(9, spec), domain, facts, true, taps, BOOT, false, NOW);
  }

  private static DomainView active(Activity activity) {
    return active(activity, 0);
  }

  private static DomainView active(Activity activity, int reboots) {
    return new DomainView.Active(activity, DomainMetadata.of(Vms.reboots(RUNNING, reboots)));
  }

  private static DomainView off(Cause cause) {
    return new DomainView.Off(cause, DomainMetadata.of(RUNNING));
  }

  private static VmAction perform(Effect effect, VmFacts then) {
    return new Perform(effect, then);
  }

  private void assertStaysOff(VmFacts facts, OffReason reason) {
    assertThat(step(next(RUNNING, off(Cause.SHUTDOWN), facts)))
        .isInstanceOfSatisfying(
            Step.Again.class,
            again -> {
              assertThat(again.waitingFor()).contains("control plane");
              assertThat(((ResourceStatus.Vm) again.status()).offReason()).isEqualTo(reason);
            });
  }

  private static void assertSettled(VmAction action, ObservedPower power) {
    assertThat(step(action))
        .isEqualTo(new Step.Settled(new ResourceStatus.Vm(power, null, EARLIER)));
  }

  private static void assertOff(VmAction action, OffReason reason) {
    assertThat(step(action))
        .isInstanceOfSatisfying(
            Step.Settled.class,
            settled -> {
              ResourceStatus.Vm vm = (ResourceStatus.Vm) settled.status();
              assertThat(vm.power()).isEqualTo(ObservedPower.OFF);
              assertThat(vm.offReason()).isEqualTo(reason);
            });
  }

  private static void assertWaits(VmAction action, ObservedPower power, String waitingFor) {
    assertThat(step(action))
        .isInstanceOfSatisfying(
            Step.Again.class,
            again -> {
              assertThat(((ResourceStatus.Vm) again.status()).power()).isEqualTo(power);
              assertThat(again.waitingFor()).contains(waitingFor);
              assertThat(again.after()).isPositive();
            });
  }

  private static void assertAbsent(VmAction action) {
    assertThat(step(action)).isEqualTo(new Step.Settled(new ResourceStatus.Absent()));
  }

  private static Step step(VmAction action) {
    assertThat(action).isInstanceOf(VmAction.Report.class);
    return ((VmAction.Report) action).step();
  }
}
