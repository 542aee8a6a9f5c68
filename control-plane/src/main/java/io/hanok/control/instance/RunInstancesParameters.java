package io.hanok.control.instance;

import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataOptionsRequest;
import software.amazon.awssdk.services.ec2.model.InstanceNetworkInterfaceSpecification;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** Reads RunInstances' many parameters into a {@link RunInstances}. */
final class RunInstancesParameters {
  private static final Set<String> TAGGED = Set.of("instance", "volume", "network-interface");

  private RunInstancesParameters() {}

  static RunInstances read(RunInstancesRequest r) {
    refuseWhatIsNotDone(r);
    return new RunInstances(
        r.clientToken(),
        r.imageId(),
        r.instanceTypeAsString(),
        r.minCount() == null ? 1 : r.minCount(),
        r.maxCount() == null ? 1 : r.maxCount(),
        emptyAsNull(r.keyName()),
        r.userData() == null ? null : Ec2Instances.decodeUserData(r.userData()),
        r.placement() == null ? null : emptyAsNull(r.placement().availabilityZone()),
        root(r.blockDeviceMappings()),
        primary(r),
        r.instanceInitiatedShutdownBehaviorAsString(),
        Boolean.TRUE.equals(r.disableApiTermination()),
        Boolean.TRUE.equals(r.disableApiStop()),
        Boolean.TRUE.equals(r.ebsOptimized()),
        r.monitoring() != null && Boolean.TRUE.equals(r.monitoring().enabled()),
        r.creditSpecification() == null ? null : r.creditSpecification().cpuCredits(),
        metadata(r.metadataOptions()),
        tags(r.tagSpecifications(), "instance"),
        tags(r.tagSpecifications(), "volume"),
        tags(r.tagSpecifications(), "network-interface"));
  }

  /** What would be dropped in silence is refused: a tool that asked for it would wait for ever. */
  private static void refuseWhatIsNotDone(RunInstancesRequest r) {
    refuse("Launch templates", r.launchTemplate() != null);
    refuse("Instance profiles", r.iamInstanceProfile() != null);
    refuse(
        "Market options",
        r.instanceMarketOptions() != null && r.instanceMarketOptions().marketType() != null);
    refuse("IPv6 addresses", r.ipv6AddressCount() != null || r.hasIpv6Addresses());
    refuse("CPU options", r.cpuOptions() != null);
    refuse(
        "Hibernation",
        r.hibernationOptions() != null && Boolean.TRUE.equals(r.hibernationOptions().configured()));
    refuse(
        "Enclaves",
        r.enclaveOptions() != null && Boolean.TRUE.equals(r.enclaveOptions().enabled()));
    if (r.placement() != null) {
      var p = r.placement();
      refuse("Dedicated tenancy", p.tenancy() != null && !"default".equals(p.tenancyAsString()));
      refuse("Placement groups", emptyAsNull(p.groupName()) != null || p.groupId() != null);
      refuse("Dedicated hosts", p.hostId() != null || p.hostResourceGroupArn() != null);
    }
    for (var n : r.networkInterfaces()) {
      refuse(
          "Secondary private addresses at launch",
          n.secondaryPrivateIpAddressCount() != null || n.privateIpAddresses().size() > 1);
      refuse("IPv6 addresses", n.ipv6AddressCount() != null || n.hasIpv6Addresses());
      refuse(
          "Network interfaces that outlive their instance",
          Boolean.FALSE.equals(n.deleteOnTermination()));
    }
    for (var m : r.blockDeviceMappings()) {
      refuse("Root volumes of another snapshot", m.ebs() != null && m.ebs().snapshotId() != null);
    }
  }

  private static void refuse(String what, boolean asked) {
    if (asked) {
      throw unsupported(what);
    }
  }

  private static RunInstances.Root root(List<BlockDeviceMapping> mappings) {
    if (mappings.isEmpty()) {
      return RunInstances.Root.AS_IMAGE;
    }
    if (mappings.size() > 1) {
      throw new CloudException(
          ErrorCode.INVALID_BLOCK_DEVICE_MAPPING, "Only the root volume can be mapped at launch.");
    }
    BlockDeviceMapping m = mappings.getFirst();
    if (m.ebs() == null) {
      throw new CloudException(
          ErrorCode.INVALID_BLOCK_DEVICE_MAPPING, "The mapping of the root device needs Ebs.");
    }
    if (Boolean.TRUE.equals(m.ebs().encrypted())) {
      throw unsupported("Encrypted volumes");
    }
    return new RunInstances.Root(
        m.deviceName(),
        m.ebs().volumeSize(),
        m.ebs().volumeTypeAsString(),
        m.ebs().iops(),
        m.ebs().throughput(),
        m.ebs().deleteOnTermination());
  }

  private static RunInstances.Primary primary(RunInstancesRequest r) {
    if (r.networkInterfaces().isEmpty()) {
      return new RunInstances.Primary(
          emptyAsNull(r.subnetId()),
          emptyAsNull(r.privateIpAddress()),
          r.securityGroupIds(),
          r.securityGroups(),
          null,
          null,
          true);
    }
    if (r.networkInterfaces().size() > 1) {
      throw unsupported("Several network interfaces at launch");
    }
    if (r.subnetId() != null || !r.securityGroupIds().isEmpty() || !r.securityGroups().isEmpty()) {
      throw Errors.combination(
          "Network interfaces and an instance-level subnet ID or security groups may not be"
              + " specified on the same request");
    }
    InstanceNetworkInterfaceSpecification n = r.networkInterfaces().getFirst();
    if (n.networkInterfaceId() != null) {
      throw unsupported("Launching with an existing network interface");
    }
    if (n.deviceIndex() != null && n.deviceIndex() != 0) {
      throw Errors.invalidValue(
          "NetworkInterface.DeviceIndex", n.deviceIndex(), "The primary interface has index 0.");
    }
    return new RunInstances.Primary(
        n.subnetId(),
        n.privateIpAddress() != null
            ? n.privateIpAddress()
            : n.privateIpAddresses().stream()
                .findFirst()
                .map(a -> a.privateIpAddress())
                .orElse(null),
        n.groups(),
        List.of(),
        n.description(),
        n.associatePublicIpAddress(),
        n.deleteOnTermination() == null || n.deleteOnTermination());
  }

  private static MetadataOptions metadata(InstanceMetadataOptionsRequest m) {
    return m == null
        ? MetadataOptions.DEFAULT
        : MetadataOptions.DEFAULT.with(
            m.httpEndpointAsString(),
            m.httpTokensAsString(),
            m.httpPutResponseHopLimit(),
            m.instanceMetadataTagsAsString());
  }

  private static Map<String, String> tags(List<TagSpecification> specifications, String type) {
    Map<String, String> tags = new LinkedHashMap<>();
    for (TagSpecification s : specifications) {
      if (!TAGGED.contains(s.resourceTypeAsString())) {
        throw Errors.invalidValue(
            "TagSpecification.ResourceType",
            s.resourceTypeAsString(),
            "RunInstances makes " + TAGGED + ".");
      }
      if (type.equals(s.resourceTypeAsString())) {
        for (Tag tag : s.tags()) {
          tags.put(tag.key(), tag.value() == null ? "" : tag.value());
        }
      }
    }
    return tags;
  }

  private static CloudException unsupported(String what) {
    return new CloudException(
        ErrorCode.UNSUPPORTED_OPERATION, what + " are not supported by this cloud yet.");
  }

  private static String emptyAsNull(String text) {
    return text == null || text.isEmpty() ? null : text;
  }
}
