package io.hanok.control.instance;

import io.hanok.control.instancetype.InstanceType;
import io.hanok.control.instancetype.InstanceTypes;
import io.hanok.control.network.NetworkInterfaces;
import io.hanok.control.network.NetworkInterfaces.InterfaceView;
import io.hanok.control.tag.Tags;
import io.hanok.control.volume.AttachedVolume;
import io.hanok.control.volume.Volumes;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * Reads the details of a page of instances, in a number of statements that does not grow with it.
 */
@Component
class InstanceDescriptions {
  private final VmIncarnationRepository vms;
  private final InstanceTypes types;
  private final NetworkInterfaces interfaces;
  private final Volumes volumes;
  private final Tags tags;

  InstanceDescriptions(
      VmIncarnationRepository vms,
      InstanceTypes types,
      NetworkInterfaces interfaces,
      Volumes volumes,
      Tags tags) {
    this.vms = vms;
    this.types = types;
    this.interfaces = interfaces;
    this.volumes = volumes;
    this.tags = tags;
  }

  List<InstanceDetails> of(List<Instance> instances) {
    if (instances.isEmpty()) {
      return List.of();
    }
    List<String> ids = instances.stream().map(Instance::id).toList();
    Map<String, VmIncarnation> alive =
        vms.findByInstanceIdInAndEndedAtIsNull(ids).stream()
            .collect(Collectors.toMap(VmIncarnation::instanceId, Function.identity()));
    Map<String, InstanceType> typeOf =
        types.findAll(instances.stream().map(Instance::type).distinct().toList());
    Map<String, List<InterfaceView>> interfacesOf = interfaces.ofInstances(ids);
    Map<String, List<AttachedVolume>> volumesOf = volumes.ofInstances(ids);
    Map<String, List<Tag>> tagsOf = tags.of(ids);
    return instances.stream()
        .map(
            i ->
                new InstanceDetails(
                    i,
                    alive.get(i.id()),
                    typeOf.get(i.type()),
                    interfacesOf.getOrDefault(i.id(), List.of()),
                    volumesOf.getOrDefault(i.id(), List.of()),
                    tagsOf.getOrDefault(i.id(), List.of())))
        .toList();
  }
}
