package io.hanok.control.network;

import io.hanok.control.shared.HanokProperties;
import java.util.List;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.AttachmentStatus;
import software.amazon.awssdk.services.ec2.model.GroupIdentifier;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceAssociation;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceAttachment;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceIpv6Address;
import software.amazon.awssdk.services.ec2.model.NetworkInterfacePrivateIpAddress;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceStatus;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceType;

/** Prints interfaces in EC2's words, with every field that tools dereference. */
@Component
public class NetworkInterfacePrinter {
  private final HanokProperties properties;

  public NetworkInterfacePrinter(HanokProperties properties) {
    this.properties = properties;
  }

  /** The internal DNS name of a private address, such as {@code ip-10-0-0-5.home-1.…}. */
  public String privateDnsName(String address) {
    return "ip-" + address.replace('.', '-') + "." + properties.internalDomain();
  }

  /** The public DNS name of a public address. */
  public String publicDnsName(String address) {
    return "ec2-" + address.replace('.', '-') + "." + properties.publicDomain();
  }

  software.amazon.awssdk.services.ec2.model.NetworkInterface print(
      NetworkInterfaces.InterfaceView view,
      List<software.amazon.awssdk.services.ec2.model.Tag> tags) {
    NetworkInterface eni = view.eni();
    String primary = view.privateAddresses().getFirst();
    return software.amazon.awssdk.services.ec2.model.NetworkInterface.builder()
        .networkInterfaceId(eni.id())
        .ownerId(eni.accountId())
        .requesterManaged(false)
        .interfaceType(NetworkInterfaceType.INTERFACE)
        .vpcId(eni.vpcId())
        .subnetId(eni.subnetId())
        .availabilityZone(eni.zone())
        .description(eni.description())
        .macAddress(eni.mac())
        .sourceDestCheck(eni.sourceDestCheck())
        .status(
            eni.instanceId() == null
                ? NetworkInterfaceStatus.AVAILABLE
                : NetworkInterfaceStatus.IN_USE)
        .privateIpAddress(primary)
        .privateDnsName(privateDnsName(primary))
        .privateIpAddresses(
            view.privateAddresses().stream().map(a -> print(view, a, a.equals(primary))).toList())
        .ipv6Addresses(List.<NetworkInterfaceIpv6Address>of())
        .association(association(view.publicAddresses().get(primary)))
        .attachment(attachment(eni))
        .groups(
            view.groups().stream()
                .map(g -> GroupIdentifier.builder().groupId(g.id()).groupName(g.name()).build())
                .toList())
        .tagSet(tags)
        .build();
  }

  private NetworkInterfacePrivateIpAddress print(
      NetworkInterfaces.InterfaceView view, String address, boolean primary) {
    return NetworkInterfacePrivateIpAddress.builder()
        .privateIpAddress(address)
        .privateDnsName(privateDnsName(address))
        .primary(primary)
        .association(association(view.publicAddresses().get(address)))
        .build();
  }

  private NetworkInterfaceAssociation association(NetworkInterfaces.PublicAddressView address) {
    return address == null
        ? null
        : NetworkInterfaceAssociation.builder()
            .publicIp(address.address())
            .publicDnsName(publicDnsName(address.address()))
            .ipOwnerId(address.ownerId())
            .allocationId(address.allocationIdOrNull())
            .associationId(address.associationIdOrNull())
            .build();
  }

  private static NetworkInterfaceAttachment attachment(NetworkInterface eni) {
    return eni.instanceId() == null
        ? null
        : NetworkInterfaceAttachment.builder()
            .attachmentId(eni.attachmentId())
            .instanceId(eni.instanceId())
            .instanceOwnerId(eni.accountId())
            .deviceIndex(eni.deviceIndex())
            .networkCardIndex(0)
            .deleteOnTermination(eni.deleteOnTermination())
            .attachTime(eni.attachedAt())
            .status(AttachmentStatus.ATTACHED)
            .build();
  }
}
