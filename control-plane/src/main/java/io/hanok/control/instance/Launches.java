package io.hanok.control.instance;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.ClientTokens;
import io.hanok.control.host.Hosts;
import io.hanok.control.image.Image;
import io.hanok.control.image.Images;
import io.hanok.control.instancetype.InstanceType;
import io.hanok.control.instancetype.InstanceTypes;
import io.hanok.control.keypair.KeyPair;
import io.hanok.control.keypair.KeyPairs;
import io.hanok.control.network.NetworkInterfaces;
import io.hanok.control.network.Subnet;
import io.hanok.control.network.Subnets;
import io.hanok.control.reconcile.WorkQueue;
import io.hanok.control.securitygroup.SecurityGroups;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.ErrorCode.ErrorClass;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.Ids;
import io.hanok.control.tag.Tags;
import io.hanok.control.volume.NewVolume;
import io.hanok.control.volume.Volume;
import io.hanok.control.volume.Volumes;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Launches instances: resolves every reference, reserves capacity and addresses, and writes the
 * rows from which the reconciler goes on. All of it in one transaction.
 */
@Service
public class Launches {
  private static final long GIB = 1L << 30;

  private final InstanceRepository instances;
  private final VmIncarnationRepository vms;
  private final Images images;
  private final InstanceTypes types;
  private final KeyPairs keys;
  private final Subnets subnets;
  private final SecurityGroups groups;
  private final NetworkInterfaces interfaces;
  private final Volumes volumes;
  private final Hosts hosts;
  private final Tags tags;
  private final ClientTokens tokens;
  private final WorkQueue queue;
  private final Ids ids;
  private final Clock clock;

  public Launches(
      InstanceRepository instances,
      VmIncarnationRepository vms,
      Images images,
      InstanceTypes types,
      KeyPairs keys,
      Subnets subnets,
      SecurityGroups groups,
      NetworkInterfaces interfaces,
      Volumes volumes,
      Hosts hosts,
      Tags tags,
      ClientTokens tokens,
      WorkQueue queue,
      Ids ids,
      Clock clock) {
    this.instances = instances;
    this.vms = vms;
    this.images = images;
    this.types = types;
    this.keys = keys;
    this.subnets = subnets;
    this.groups = groups;
    this.interfaces = interfaces;
    this.volumes = volumes;
    this.hosts = hosts;
    this.tags = tags;
    this.tokens = tokens;
    this.queue = queue;
    this.ids = ids;
    this.clock = clock;
  }

  /** What a launch has in common once everything is found. */
  private record Resolved(
      RunInstances wanted,
      Image image,
      InstanceType type,
      Subnet subnet,
      List<String> groupIds,
      String publicKey,
      int rootGib) {}

  /**
   * Launches between MinCount and MaxCount instances, or answers with those of the first call with
   * the same client token.
   *
   * @param parameters the call's parameters, in a form that is equal exactly if they are
   * @return the reservation's instances
   */
  @Transactional
  public List<Instance> run(Caller caller, RunInstances wanted, String parameters) {
    String reservation =
        tokens.once(
            caller, "RunInstances", wanted.clientToken(), parameters, () -> launch(caller, wanted));
    return instances.findByReservationIdOrderByLaunchIndex(reservation);
  }

  private String launch(Caller caller, RunInstances wanted) {
    Resolved resolved = resolve(caller, wanted);
    String reservation = ids.next(IdKind.RESERVATION);
    for (int index = 0; index < wanted.maxCount(); index++) {
      Hosts.Place place;
      try {
        place =
            hosts.place(
                resolved.subnet().zone(),
                null,
                resolved.type().vcpus(),
                resolved.type().memoryMib(),
                resolved.image().sizeBytes(),
                resolved.rootGib() * GIB);
      } catch (CloudException e) {
        if (e.code().errorClass() == ErrorClass.CAPACITY && index >= wanted.minCount()) {
          break;
        }
        throw e;
      }
      launchOne(caller, resolved, reservation, index, place);
    }
    return reservation;
  }

  private Resolved resolve(Caller caller, RunInstances wanted) {
    InstanceType type = types.require(wanted.type() == null ? "m5.large" : wanted.type());
    Image image = images.requireLaunchable(caller, wanted.imageId());
    Subnet subnet = subnets.resolve(caller, wanted.primary().subnetId(), wanted.zone());
    List<String> groupIds =
        groups.resolve(
            caller, subnet.vpcId(), wanted.primary().groupIds(), wanted.primary().groupNames());
    KeyPair key = wanted.keyName() == null ? null : keys.require(caller, wanted.keyName());
    int imageGib = Math.toIntExact(Math.ceilDiv(image.sizeBytes(), GIB));
    String device = wanted.root().device();
    if (device != null && !device.equals(image.rootDeviceName())) {
      throw new CloudException(
          ErrorCode.INVALID_BLOCK_DEVICE_MAPPING,
          "The image's root device is %s; a mapping for %s is not supported at launch."
              .formatted(image.rootDeviceName(), device));
    }
    Integer asked = wanted.root().sizeGib();
    if (asked != null && asked < imageGib) {
      throw new CloudException(
          ErrorCode.INVALID_BLOCK_DEVICE_MAPPING,
          "Volume of size %dGB is smaller than snapshot '%s', expect size >= %dGB"
              .formatted(asked, image.snapshotId(), imageGib));
    }
    if (wanted.cpuCredits() != null && !type.burstable()) {
      throw Errors.combination(
          "CpuCredits can be given for burstable types only; %s is not one."
              .formatted(type.name()));
    }
    return new Resolved(
        wanted,
        image,
        type,
        subnet,
        groupIds,
        key == null ? null : key.publicKey(),
        asked == null ? imageGib : asked);
  }

  private void launchOne(
      Caller caller, Resolved resolved, String reservation, int index, Hosts.Place place) {
    RunInstances wanted = resolved.wanted();
    Instance instance =
        instances.saveAndFlush(
            new Instance(
                ids.next(IdKind.INSTANCE),
                caller.accountId(),
                reservation,
                index,
                settings(resolved),
                clock.instant()));
    vms.saveAndFlush(
        new VmIncarnation(
            ids.next(IdKind.VM),
            instance.id(),
            place.hostId(),
            resolved.type().vcpus(),
            resolved.type().memoryMib(),
            0,
            clock.instant()));
    RunInstances.Root root = wanted.root();
    Volume volume =
        volumes.createAttached(
            new NewVolume(
                caller.accountId(),
                resolved.subnet().zone(),
                place.hostId(),
                place.pool(),
                resolved.rootGib(),
                root.type(),
                root.iops(),
                root.throughputMibps(),
                resolved.image().id(),
                resolved.image().snapshotId()),
            instance.id(),
            resolved.image().rootDeviceName(),
            root.deleteOnTermination() == null || root.deleteOnTermination());
    RunInstances.Primary primary = wanted.primary();
    var nic =
        interfaces.createFor(
            caller,
            instance.id(),
            new NetworkInterfaces.NewInterface(
                resolved.subnet().id(),
                primary.privateAddress(),
                resolved.groupIds(),
                primary.description() == null ? "" : primary.description(),
                primary.associatePublicAddress(),
                primary.deleteOnTermination(),
                0));
    tags.put(caller, instance.id(), "instance", wanted.instanceTags());
    tags.put(caller, volume.id(), "volume", wanted.volumeTags());
    tags.put(caller, nic.eni().id(), "network-interface", wanted.interfaceTags());
    queue.wake(InstanceReconciler.KIND, instance.id());
    queue.wake("host-network", place.hostId());
  }

  private static LaunchSettings settings(Resolved resolved) {
    RunInstances wanted = resolved.wanted();
    InstanceType type = resolved.type();
    String credits = wanted.cpuCredits() == null ? "unlimited" : wanted.cpuCredits();
    return new LaunchSettings(
        wanted.clientToken(),
        resolved.image().id(),
        type.name(),
        wanted.keyName(),
        resolved.publicKey(),
        wanted.userData(),
        resolved.subnet().zone(),
        resolved.subnet().vpcId(),
        resolved.subnet().id(),
        resolved.image().rootDeviceName(),
        wanted.shutdownBehavior(),
        wanted.disableApiTermination(),
        wanted.disableApiStop(),
        wanted.ebsOptimized(),
        wanted.monitoring(),
        type.burstable() ? credits : null,
        wanted.metadata());
  }
}
