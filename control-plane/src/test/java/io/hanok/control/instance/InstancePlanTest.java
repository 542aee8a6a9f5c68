package io.hanok.control.instance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredPower;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.ResourceStatus.ObservedPower;
import io.hanok.agent.api.ResourceStatus.OffReason;
import io.hanok.agent.api.VmSpec;
import io.hanok.agent.api.id.EniId;
import io.hanok.control.agentclient.DocumentView;
import io.hanok.control.agentclient.DocumentView.Observed;
import io.hanok.control.volume.AttachedVolume;
import io.hanok.control.volume.AttachedVolumes;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The decision about an instance, row by row. */
class InstancePlanTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final AgentFault FINAL = new AgentFault(AgentFault.Code.INVALID_SPEC, "cannot be");
  private static final AgentFault PASSING = new AgentFault(AgentFault.Code.HOST_ERROR, "busy");

  /** An instance as the table needs it, built step by step. */
  private static final class Case {
    private Instance instance =
        new Instance(
            "i-00000000000000001",
            "000000000001",
            "r-00000000000000001",
            0,
            new LaunchSettings(
                null,
                "ami-00000000000000001",
                "t3.nano",
                null,
                null,
                null,
                "home-1a",
                "vpc-00000000000000001",
                "subnet-00000000000000001",
                "/dev/xvda",
                "stop",
                false,
                false,
                false,
                false,
                null,
                MetadataOptions.DEFAULT),
            NOW);
    private VmIncarnation vm =
        new VmIncarnation(
            "vm-00000000000000001", instance.id(), "host-00000000000000001", 2, 512, 0, NOW);
    private AgentFault imageFault;
    private AttachedVolume volume = AttachedVolumes.ready(true);
    private DocumentView document;

    static Case on() {
      return new Case();
    }

    Case off(boolean force) {
      instance.stop(force, NOW);
      return this;
    }

    Case terminated() {
      instance.terminate(NOW);
      return this;
    }

    Case ranBefore() {
      vm.running(NOW);
      return this;
    }

    Case volume(AttachedVolume v) {
      volume = v;
      return this;
    }

    Case imageFault(AgentFault fault) {
      imageFault = fault;
      return this;
    }

    Case noVm() {
      vm = null;
      return this;
    }

    /** The document asks for this power; its agent saw that, of the present generation or not. */
    Case told(DesiredPower power, int grace, ResourceStatus seen, AgentFault fault, boolean fresh) {
      VmSpec running =
          VmSpecs.running(
              new InstanceView(
                  instance, vm, null, null, List.of(AttachedVolumes.ready(true)), nics()));
      VmSpec spec = power == DesiredPower.OFF ? VmSpecs.off(running, grace) : running;
      document = new DocumentView(5, spec, new Observed(fresh ? 5 : 4, fault == null, seen, fault));
      return this;
    }

    Case toldAbsent(boolean proved) {
      document =
          new DocumentView(
              6, null, new Observed(proved ? 6 : 5, true, new ResourceStatus.Absent(), null));
      return this;
    }

    private static List<VmSpec.Nic> nics() {
      return List.of(new VmSpec.Nic(new EniId("eni-00000000000000001"), "0a:00:00:00:00:01", 1450));
    }

    InstanceAction next() {
      return InstancePlan.next(
          new InstanceView(instance, vm, document, imageFault, List.of(volume), nics()));
    }
  }

  private static ResourceStatus.Vm vm(ObservedPower power, OffReason reason) {
    return new ResourceStatus.Vm(power, reason, NOW);
  }

  static Stream<Arguments> rows() {
    var running = vm(ObservedPower.RUNNING, null);
    var off = vm(ObservedPower.OFF, OffReason.REQUESTED);
    return Stream.of(
        arguments(
            "waits for its volume",
            Case.on().volume(AttachedVolumes.making(null)),
            InstanceAction.Wait.class),
        arguments(
            "parks if its volume can never be",
            Case.on().volume(AttachedVolumes.making(FINAL)),
            InstanceAction.Park.class),
        arguments(
            "waits while the pool is busy",
            Case.on().volume(AttachedVolumes.making(PASSING)),
            InstanceAction.Wait.class),
        arguments(
            "goes on running whatever its volume's agent complains of",
            Case.on()
                .ranBefore()
                .told(DesiredPower.RUNNING, 0, running, null, true)
                .volume(AttachedVolumes.making(FINAL)),
            InstanceAction.Nothing.class),
        arguments(
            "sees a crash behind a volume's complaint",
            Case.on()
                .ranBefore()
                .told(DesiredPower.RUNNING, 0, vm(ObservedPower.OFF, OffReason.CRASHED), null, true)
                .volume(AttachedVolumes.making(PASSING)),
            InstanceAction.Park.class),
        arguments(
            "parks if its image cannot be had",
            Case.on().imageFault(FINAL).volume(AttachedVolumes.making(PASSING)),
            InstanceAction.Park.class),
        arguments("tells the host", Case.on(), InstanceAction.PutVm.class),
        arguments(
            "waits for the host",
            Case.on().told(DesiredPower.RUNNING, 0, null, null, false),
            InstanceAction.Wait.class),
        arguments(
            "waits for the rules",
            Case.on().told(DesiredPower.RUNNING, 0, vm(ObservedPower.PAUSED, null), null, true),
            InstanceAction.Wait.class),
        arguments(
            "notes that it runs",
            Case.on().told(DesiredPower.RUNNING, 0, running, null, true),
            InstanceAction.RecordRunning.class),
        arguments(
            "has nothing to do while it runs",
            Case.on().ranBefore().told(DesiredPower.RUNNING, 0, running, null, true),
            InstanceAction.Nothing.class),
        arguments(
            "ignores what an older generation saw",
            Case.on()
                .ranBefore()
                .told(
                    DesiredPower.RUNNING, 0, vm(ObservedPower.OFF, OffReason.CRASHED), null, false),
            InstanceAction.Wait.class),
        arguments(
            "parks if the host can never make it",
            Case.on().told(DesiredPower.RUNNING, 0, null, FINAL, true),
            InstanceAction.Park.class),
        arguments(
            "follows the guest's own shutdown",
            Case.on()
                .ranBefore()
                .told(DesiredPower.RUNNING, 0, vm(ObservedPower.OFF, OffReason.GUEST), null, true),
            InstanceAction.RecordShutDownFromInside.class),
        arguments(
            "parks after a crash",
            Case.on()
                .ranBefore()
                .told(
                    DesiredPower.RUNNING, 0, vm(ObservedPower.OFF, OffReason.CRASHED), null, true),
            InstanceAction.Park.class),
        arguments(
            "asks the guest to stop",
            Case.on().ranBefore().told(DesiredPower.RUNNING, 0, running, null, true).off(false),
            InstanceAction.PutVm.class),
        arguments(
            "waits for the guest to stop",
            Case.on()
                .ranBefore()
                .told(DesiredPower.OFF, InstancePlan.STOP_GRACE_SECONDS, running, null, false)
                .off(false),
            InstanceAction.Wait.class),
        arguments(
            "a forced stop shortens the grace",
            Case.on()
                .ranBefore()
                .told(DesiredPower.OFF, InstancePlan.STOP_GRACE_SECONDS, running, null, false)
                .off(true),
            InstanceAction.PutVm.class),
        arguments(
            "removes what is off",
            Case.on()
                .ranBefore()
                .told(DesiredPower.OFF, InstancePlan.STOP_GRACE_SECONDS, off, null, true)
                .off(false),
            InstanceAction.RemoveVm.class),
        arguments(
            "waits for the removal",
            Case.on().ranBefore().toldAbsent(false).off(false),
            InstanceAction.Wait.class),
        arguments(
            "ends the incarnation",
            Case.on().ranBefore().toldAbsent(true).off(false),
            InstanceAction.EndVm.class),
        arguments(
            "ends an incarnation that no host heard of",
            Case.on().off(false),
            InstanceAction.EndVm.class),
        arguments(
            "is done when stopped", Case.on().noVm().off(false), InstanceAction.Nothing.class),
        arguments(
            "deletes volumes only when terminated and off",
            Case.on().noVm().terminated(),
            InstanceAction.DeleteVolumes.class),
        arguments(
            "waits for the volumes' end",
            Case.on().noVm().volume(AttachedVolumes.deleting(false)).terminated(),
            InstanceAction.Wait.class),
        arguments(
            "finishes when they are gone",
            Case.on().noVm().volume(AttachedVolumes.deleting(true)).terminated(),
            InstanceAction.Finish.class),
        arguments(
            "keeps a volume that outlives it",
            Case.on().noVm().volume(AttachedVolumes.ready(false)).terminated(),
            InstanceAction.Finish.class));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rows")
  void decides(String story, Case given, Class<? extends InstanceAction> expected) {
    assertThat(given.next()).as(story).isInstanceOf(expected);
  }
}
