package io.hanok.control.instance;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.VmSpec;
import io.hanok.agent.api.id.EniId;
import io.hanok.control.agentclient.AgentDocuments;
import io.hanok.control.agentclient.DocumentView;
import io.hanok.control.agentclient.ObservationListener;
import io.hanok.control.network.NetworkInterfaces;
import io.hanok.control.reconcile.Lease;
import io.hanok.control.reconcile.Outcome;
import io.hanok.control.reconcile.Reconciler;
import io.hanok.control.reconcile.WorkQueue;
import io.hanok.control.shared.GuestNetworks;
import io.hanok.control.tag.Tags;
import io.hanok.control.volume.Volumes;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Brings an instance to what is wanted of it: reads, has {@link InstancePlan} decide, does. */
@Component
public class InstanceReconciler implements Reconciler, ObservationListener {
  public static final String KIND = "instance";

  private static final Logger LOG = LoggerFactory.getLogger(InstanceReconciler.class);
  private static final int MOST_STEPS = 12;

  private final InstanceRepository instances;
  private final VmIncarnationRepository vms;
  private final Volumes volumes;
  private final NetworkInterfaces interfaces;
  private final AgentDocuments documents;
  private final WorkQueue queue;
  private final Tags tags;
  private final JdbcClient jdbc;
  private final Clock clock;

  public InstanceReconciler(
      InstanceRepository instances,
      VmIncarnationRepository vms,
      Volumes volumes,
      NetworkInterfaces interfaces,
      AgentDocuments documents,
      WorkQueue queue,
      Tags tags,
      JdbcClient jdbc,
      Clock clock) {
    this.instances = instances;
    this.vms = vms;
    this.volumes = volumes;
    this.interfaces = interfaces;
    this.documents = documents;
    this.queue = queue;
    this.tags = tags;
    this.jdbc = jdbc;
    this.clock = clock;
  }

  @Override
  public String kind() {
    return KIND;
  }

  /**
   * Each step is one transaction that holds the instance's row: it decides on what it sees under
   * the lock, so that a user's call in between is either seen or waits.
   */
  @Override
  public Outcome reconcile(String instanceId, Lease lease) {
    for (int step = 0; step < MOST_STEPS; step++) {
      InstanceAction action = lease.write(() -> step(instanceId));
      if (action instanceof InstanceAction.Nothing) {
        return Outcome.settled();
      }
      if (action instanceof InstanceAction.Wait wait) {
        return Outcome.again(wait.after(), wait.waitingFor());
      }
      LOG.info("{}: {}", instanceId, action.getClass().getSimpleName());
    }
    return Outcome.again(Duration.ZERO, "further steps");
  }

  private InstanceAction step(String instanceId) {
    Optional<Instance> instance = instances.lock(instanceId);
    if (instance.isEmpty()) {
      return new InstanceAction.Nothing();
    }
    InstanceView view = view(instance.get());
    InstanceAction action = InstancePlan.next(view);
    carryOut(view, action);
    return action;
  }

  private InstanceView view(Instance instance) {
    VmIncarnation vm = vms.findByInstanceIdAndEndedAtIsNull(instance.id()).orElse(null);
    DocumentView document =
        vm == null ? null : documents.find(vm.hostId(), DocumentKind.VM, vm.id()).orElse(null);
    List<VmSpec.Nic> nics =
        interfaces
            .ofInstances(List.of(instance.id()))
            .getOrDefault(instance.id(), List.of())
            .stream()
            .map(i -> new VmSpec.Nic(new EniId(i.eni().id()), i.eni().mac(), GuestNetworks.MTU))
            .toList();
    return new InstanceView(
        instance,
        vm,
        document,
        vm == null ? null : imageFault(instance, vm),
        volumes.ofInstances(List.of(instance.id())).getOrDefault(instance.id(), List.of()),
        nics);
  }

  /** Why the host gave up on the image, while the instance has not run on it. */
  private AgentFault imageFault(Instance instance, VmIncarnation vm) {
    return vm.runningAt() != null
        ? null
        : documents
            .find(vm.hostId(), DocumentKind.IMAGE, instance.imageId())
            .flatMap(DocumentView::fault)
            .orElse(null);
  }

  private void carryOut(InstanceView view, InstanceAction action) {
    Instance instance = view.instance();
    VmIncarnation vm = view.vm();
    switch (action) {
      case InstanceAction.PutVm put ->
          documents.put(vm.hostId(), DocumentKind.VM, vm.id(), put.spec());
      case InstanceAction.RecordRunning r -> {
        vm.running(clock.instant());
        instance.running();
      }
      case InstanceAction.RecordShutDownFromInside s -> instance.shutDownFromInside();
      case InstanceAction.Park park -> {
        LOG.warn("{} is stopped: {}", instance.id(), park.reason());
        instance.park(park.reason());
      }
      case InstanceAction.RemoveVm r -> documents.putAbsent(vm.hostId(), DocumentKind.VM, vm.id());
      case InstanceAction.EndVm e -> {
        vm.ended(clock.instant());
        documents.forget(vm.hostId(), DocumentKind.VM, vm.id());
        interfaces.releaseAutomaticAddresses(instance.id());
        queue.wake("host-network", vm.hostId());
      }
      case InstanceAction.DeleteVolumes d -> volumes.deleteWithInstance(instance.id());
      case InstanceAction.Finish f -> {
        volumes.releaseOf(instance.id());
        interfaces.releaseOf(instance.id());
        instance.terminated(clock.instant());
      }
      case InstanceAction.Wait w -> {}
      case InstanceAction.Nothing n -> {}
    }
    vms.flush();
    instances.flush();
  }

  @Override
  public void observed(String hostId, DocumentKind kind, Set<String> keys) {
    String owners =
        switch (kind) {
          case VM -> "SELECT instance_id FROM vm WHERE id IN (:keys)";
          case VOLUME -> "SELECT instance_id FROM volume_attachment WHERE volume_id IN (:keys)";
          case IMAGE ->
              "SELECT i.id FROM instance i JOIN vm v ON v.instance_id = i.id"
                  + " WHERE i.image_id IN (:keys) AND v.ended_at IS NULL AND v.running_at IS NULL";
          case HOST_NETWORK -> null;
        };
    if (owners != null) {
      queue.wakeAll(KIND, jdbc.sql(owners).param("keys", keys).query(String.class).list());
    }
  }

  /** Forgets instances that have been terminated for an hour, as EC2 does. */
  @org.springframework.scheduling.annotation.Scheduled(fixedDelay = 60_000, initialDelay = 60_000)
  @org.springframework.transaction.annotation.Transactional
  public void forgetTerminated() {
    List<String> old =
        jdbc.sql(
                """
                SELECT id FROM instance WHERE terminated_at < now() - interval '1 hour'
                ORDER BY terminated_at LIMIT 500 FOR UPDATE SKIP LOCKED
                """)
            .query(String.class)
            .list();
    if (!old.isEmpty()) {
      tags.forget(old);
      jdbc.sql("DELETE FROM instance WHERE id IN (:ids)").param("ids", old).update();
    }
  }
}
