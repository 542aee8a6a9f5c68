package io.hanok.control.instance;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.Pages;
import io.hanok.control.host.Hosts;
import io.hanok.control.instancetype.InstanceType;
import io.hanok.control.instancetype.InstanceTypes;
import io.hanok.control.network.NetworkInterfaces;
import io.hanok.control.reconcile.WorkQueue;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.Ids;
import io.hanok.control.volume.AttachedVolume;
import io.hanok.control.volume.Volumes;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Changes what is wanted of instances: power and attributes. The reconciler does the rest. */
@Service
public class Instances {
  private final InstanceRepository instances;
  private final VmIncarnationRepository vms;
  private final InstanceTypes types;
  private final NetworkInterfaces interfaces;
  private final Volumes volumes;
  private final Hosts hosts;
  private final WorkQueue queue;
  private final Ids ids;
  private final Clock clock;

  public Instances(
      InstanceRepository instances,
      VmIncarnationRepository vms,
      InstanceTypes types,
      NetworkInterfaces interfaces,
      Volumes volumes,
      Hosts hosts,
      WorkQueue queue,
      Ids ids,
      Clock clock) {
    this.instances = instances;
    this.vms = vms;
    this.types = types;
    this.interfaces = interfaces;
    this.volumes = volumes;
    this.hosts = hosts;
    this.queue = queue;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * A change of state, as EC2 answers it.
   *
   * @param instanceId the instance
   * @param previous state before the call
   * @param current state after it
   */
  public record StateChange(String instanceId, InstanceState previous, InstanceState current) {}

  /** An instance with its living incarnation, if any. */
  public record Held(Instance instance, VmIncarnation vm) {
    /** The derived state. */
    public InstanceState state() {
      return InstanceState.derive(instance, vm);
    }
  }

  /** Starts stopped instances; those that run or are about to are left as they are. */
  @Transactional
  public List<StateChange> start(Caller caller, List<String> instanceIds) {
    return change(
        caller,
        instanceIds,
        held -> {
          switch (held.state()) {
            case STOPPED -> startStopped(held.instance());
            case PENDING, RUNNING -> {}
            case STOPPING, SHUTTING_DOWN, TERMINATED ->
                throw incorrectState(held, "be started", "stopped");
          }
        });
  }

  private void startStopped(Instance instance) {
    List<AttachedVolume> attached =
        volumes.ofInstances(List.of(instance.id())).getOrDefault(instance.id(), List.of());
    AttachedVolume root =
        attached.stream()
            .filter(v -> v.attachment().device().equals(instance.rootDeviceName()))
            .findFirst()
            .orElseThrow(
                () ->
                    new CloudException(
                        ErrorCode.INCORRECT_INSTANCE_STATE,
                        "The instance '%s' has no root volume attached at %s."
                            .formatted(instance.id(), instance.rootDeviceName())));
    InstanceType type = types.require(instance.type());
    Hosts.Place place =
        hosts.place(instance.zone(), root.volume().hostId(), type.vcpus(), type.memoryMib(), 0, 0);
    vms.saveAndFlush(
        new VmIncarnation(
            ids.next(IdKind.VM),
            instance.id(),
            place.hostId(),
            type.vcpus(),
            type.memoryMib(),
            instance.rebootCount(),
            clock.instant()));
    instance.start(clock.instant());
    interfaces.giveAutomaticAddresses(instance.id());
    queue.wake("host-network", place.hostId());
  }

  /** Stops instances: cleanly, or at once if forced. */
  @Transactional
  public List<StateChange> stop(Caller caller, List<String> instanceIds, boolean force) {
    return change(
        caller,
        instanceIds,
        held -> {
          if (held.instance().disableApiStop()) {
            throw new CloudException(
                ErrorCode.OPERATION_NOT_PERMITTED,
                "The instance '%s' may not be stopped. Modify its 'disableApiStop' instance"
                        .formatted(held.instance().id())
                    + " attribute and try again.");
          }
          switch (held.state()) {
            case PENDING, RUNNING, STOPPING -> held.instance().stop(force, clock.instant());
            case STOPPED -> {}
            case SHUTTING_DOWN, TERMINATED -> throw incorrectState(held, "be stopped", "running");
          }
        });
  }

  /** Reboots running instances. */
  @Transactional
  public void reboot(Caller caller, List<String> instanceIds) {
    change(
        caller,
        instanceIds,
        held -> {
          if (held.state() != InstanceState.RUNNING) {
            throw incorrectState(held, "be rebooted", "running");
          }
          held.instance().reboot();
        });
  }

  /** Terminates instances, from any state. */
  @Transactional
  public List<StateChange> terminate(Caller caller, List<String> instanceIds) {
    return change(
        caller,
        instanceIds,
        held -> {
          if (held.instance().disableApiTermination()) {
            throw new CloudException(
                ErrorCode.OPERATION_NOT_PERMITTED,
                "The instance '%s' may not be terminated. Modify its 'disableApiTermination'"
                        .formatted(held.instance().id())
                    + " instance attribute and try again.");
          }
          if (held.instance().power() != Power.TERMINATED) {
            held.instance().terminate(clock.instant());
          }
        });
  }

  /** One instance of the caller's, locked, with its incarnation. */
  @Transactional
  public Held lockOne(Caller caller, String instanceId) {
    return lock(caller, List.of(instanceId)).getFirst();
  }

  /**
   * Refuses a change that needs a stopped instance.
   *
   * @throws CloudException IncorrectInstanceState
   */
  public void requireStopped(Held held, String what) {
    if (held.state() != InstanceState.STOPPED) {
      throw incorrectState(held, what, "stopped");
    }
  }

  /** Has the network documents of the instance's host made anew, because its metadata changed. */
  public void refreshMetadata(Held held) {
    if (held.vm() != null) {
      queue.wake("host-network", held.vm().hostId());
    }
  }

  private List<StateChange> change(Caller caller, List<String> instanceIds, Consumer<Held> change) {
    List<StateChange> changes = new ArrayList<>();
    for (Held held : lock(caller, instanceIds)) {
      InstanceState before = held.state();
      change.accept(held);
      Instance instance = instances.saveAndFlush(held.instance());
      VmIncarnation vm = vms.findByInstanceIdAndEndedAtIsNull(instance.id()).orElse(null);
      changes.add(new StateChange(instance.id(), before, InstanceState.derive(instance, vm)));
      queue.wake(InstanceReconciler.KIND, instance.id());
    }
    return changes;
  }

  /**
   * Instances of the caller's, as they are.
   *
   * @throws CloudException InvalidInstanceID.NotFound
   */
  @Transactional(readOnly = true)
  public List<Instance> find(Caller caller, List<String> instanceIds) {
    Pages.wellFormed(IdKind.INSTANCE, instanceIds);
    List<Instance> found =
        instances.findAllById(instanceIds).stream()
            .filter(i -> i.accountId().equals(caller.accountId()))
            .toList();
    Pages.requireAll(IdKind.INSTANCE, instanceIds, found, Instance::id);
    return found;
  }

  /** Instances of the caller's, locked in the order of their ids, with their incarnations. */
  @Transactional
  public List<Held> lock(Caller caller, List<String> instanceIds) {
    if (instanceIds.isEmpty()) {
      throw Errors.missing("InstanceId");
    }
    Pages.wellFormed(IdKind.INSTANCE, instanceIds);
    List<Instance> found = instances.lockAll(caller.accountId(), instanceIds);
    Pages.requireAll(IdKind.INSTANCE, instanceIds, found, Instance::id);
    Map<String, VmIncarnation> alive =
        vms.findByInstanceIdInAndEndedAtIsNull(instanceIds).stream()
            .collect(Collectors.toMap(VmIncarnation::instanceId, Function.identity()));
    return found.stream().map(i -> new Held(i, alive.get(i.id()))).toList();
  }

  private static CloudException incorrectState(Held held, String what, String needed) {
    return new CloudException(
        ErrorCode.INCORRECT_INSTANCE_STATE,
        "The instance '%s' is in the state '%s' and cannot %s: it must be '%s'."
            .formatted(held.instance().id(), held.state().text(), what, needed));
  }
}
