package io.hanok.control.instance;

import io.hanok.control.network.NetworkInterfaces.InterfaceView;
import io.hanok.control.network.NetworkInterfaces.PublicAddressView;
import io.hanok.control.shared.HanokProperties;
import io.hanok.control.volume.AttachedVolume;
import java.util.List;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.GroupIdentifier;
import software.amazon.awssdk.services.ec2.model.InstanceBlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsResponse;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterface;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceAssociation;
import software.amazon.awssdk.services.ec2.model.InstancePrivateIpAddress;

/** Prints an instance as EC2's tools expect it, with every field that they dereference. */
@Component
class InstancePrinter {
  private final HanokProperties properties;

  InstancePrinter(HanokProperties properties) {
    this.properties = properties;
  }

  software.amazon.awssdk.services.ec2.model.Instance print(InstanceDetails details) {
    Instance i = details.instance();
    InstanceState state = details.state();
    boolean ended = state == InstanceState.TERMINATED;
    var printed =
        software.amazon.awssdk.services.ec2.model.Instance.builder()
            .instanceId(i.id())
            .imageId(i.imageId())
            .instanceType(i.type())
            .state(s -> s.code(state.code()).name(state.text()))
            .stateTransitionReason(i.stateTransitionReason())
            .keyName(i.keyName())
            .amiLaunchIndex(i.launchIndex())
            .clientToken(i.clientToken() == null ? "" : i.clientToken())
            .launchTime(i.launchedAt())
            .architecture("x86_64")
            .hypervisor("xen")
            .virtualizationType("hvm")
            .rootDeviceName(i.rootDeviceName())
            .rootDeviceType("ebs")
            .ebsOptimized(i.ebsOptimized())
            .enaSupport(false)
            .platformDetails("Linux/UNIX")
            .usageOperation("RunInstances")
            .usageOperationUpdateTime(i.createdAt())
            .currentInstanceBootMode("legacy-bios")
            .productCodes(List.of())
            .placement(p -> p.availabilityZone(i.zone()).groupName("").tenancy("default"))
            .monitoring(m -> m.state(i.monitoring() ? "enabled" : "disabled"))
            .metadataOptions(metadataOptions(i.metadataOptions(), "applied"))
            .cpuOptions(
                c ->
                    c.coreCount(details.type().cores())
                        .threadsPerCore(details.type().threadsPerCore()))
            .maintenanceOptions(m -> m.autoRecovery("default").rebootMigration("default"))
            .enclaveOptions(e -> e.enabled(false))
            .hibernationOptions(h -> h.configured(false))
            .privateDnsNameOptions(
                o ->
                    o.hostnameType("ip-name")
                        .enableResourceNameDnsARecord(false)
                        .enableResourceNameDnsAAAARecord(false))
            .capacityReservationSpecification(c -> c.capacityReservationPreference("open"))
            .blockDeviceMappings(details.volumes().stream().map(InstancePrinter::mapping).toList())
            .networkInterfaces(details.interfaces().stream().map(this::networkInterface).toList())
            .securityGroups(details.primary().map(InstancePrinter::groups).orElse(List.of()))
            .tags(details.tags())
            .privateDnsName(details.privateAddress().map(this::privateName).orElse(""))
            .publicDnsName(details.publicAddress().map(this::publicName).orElse(""))
            .privateIpAddress(details.privateAddress().orElse(null))
            .publicIpAddress(details.publicAddress().orElse(null));
    if (!ended) {
      printed
          .vpcId(i.vpcId())
          .subnetId(i.subnetId())
          .sourceDestCheck(details.primary().map(p -> p.eni().sourceDestCheck()).orElse(null));
    }
    if (i.stateReasonCode() != null) {
      printed.stateReason(r -> r.code(i.stateReasonCode()).message(i.stateReasonMessage()));
    }
    return printed.build();
  }

  /** The metadata options as EC2 answers them. */
  static InstanceMetadataOptionsResponse metadataOptions(MetadataOptions options, String state) {
    return InstanceMetadataOptionsResponse.builder()
        .state(state)
        .httpEndpoint(options.enabled() ? "enabled" : "disabled")
        .httpTokens(options.tokensRequired() ? "required" : "optional")
        .httpPutResponseHopLimit(options.hopLimit())
        .httpProtocolIpv6("disabled")
        .instanceMetadataTags(options.tags() ? "enabled" : "disabled")
        .build();
  }

  private static InstanceBlockDeviceMapping mapping(AttachedVolume volume) {
    return InstanceBlockDeviceMapping.builder()
        .deviceName(volume.attachment().device())
        .ebs(
            e ->
                e.volumeId(volume.volume().id())
                    .status(volume.document() == null ? "attaching" : "attached")
                    .attachTime(volume.attachment().attachedAt())
                    .deleteOnTermination(volume.attachment().deleteOnTermination()))
        .build();
  }

  private static List<GroupIdentifier> groups(InterfaceView view) {
    return view.groups().stream()
        .map(g -> GroupIdentifier.builder().groupId(g.id()).groupName(g.name()).build())
        .toList();
  }

  private InstanceNetworkInterface networkInterface(InterfaceView view) {
    var eni = view.eni();
    String primary = view.privateAddresses().getFirst();
    return InstanceNetworkInterface.builder()
        .networkInterfaceId(eni.id())
        .subnetId(eni.subnetId())
        .vpcId(eni.vpcId())
        .description(eni.description())
        .ownerId(eni.accountId())
        .status("in-use")
        .macAddress(eni.mac())
        .interfaceType("interface")
        .sourceDestCheck(eni.sourceDestCheck())
        .privateIpAddress(primary)
        .privateDnsName(privateName(primary))
        .groups(groups(view))
        .ipv6Addresses(List.of())
        .association(association(view.publicAddresses().get(primary)))
        .attachment(
            a ->
                a.attachmentId(eni.attachmentId())
                    .attachTime(eni.attachedAt())
                    .deviceIndex(eni.deviceIndex())
                    .networkCardIndex(0)
                    .deleteOnTermination(eni.deleteOnTermination())
                    .status("attached"))
        .privateIpAddresses(
            view.privateAddresses().stream()
                .map(
                    address ->
                        InstancePrivateIpAddress.builder()
                            .primary(address.equals(primary))
                            .privateIpAddress(address)
                            .privateDnsName(privateName(address))
                            .association(association(view.publicAddresses().get(address)))
                            .build())
                .toList())
        .build();
  }

  private InstanceNetworkInterfaceAssociation association(PublicAddressView address) {
    return address == null
        ? null
        : InstanceNetworkInterfaceAssociation.builder()
            .publicIp(address.address())
            .publicDnsName(publicName(address.address()))
            .ipOwnerId(address.ownerId())
            .build();
  }

  private String privateName(String address) {
    return "ip-" + address.replace('.', '-') + "." + properties.internalDomain();
  }

  private String publicName(String address) {
    return "ec2-" + address.replace('.', '-') + "." + properties.publicDomain();
  }
}
