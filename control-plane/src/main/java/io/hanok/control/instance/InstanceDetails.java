package io.hanok.control.instance;

import io.hanok.control.instancetype.InstanceType;
import io.hanok.control.network.NetworkInterfaces.InterfaceView;
import io.hanok.control.volume.AttachedVolume;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * An instance with all that its description shows.
 *
 * @param vm the living incarnation, or null
 * @param interfaces its interfaces, the primary one first
 */
record InstanceDetails(
    Instance instance,
    VmIncarnation vm,
    InstanceType type,
    List<InterfaceView> interfaces,
    List<AttachedVolume> volumes,
    List<Tag> tags) {
  InstanceState state() {
    return InstanceState.derive(instance, vm);
  }

  Optional<InterfaceView> primary() {
    return interfaces.stream().findFirst();
  }

  /** The primary private address, while the instance has one. */
  Optional<String> privateAddress() {
    return primary().map(i -> i.privateAddresses().getFirst());
  }

  /** The public address of the primary private one, while there is one. */
  Optional<String> publicAddress() {
    return primary()
        .flatMap(i -> Optional.ofNullable(i.publicAddresses().get(i.privateAddresses().getFirst())))
        .map(p -> p.address());
  }
}
