package io.hanok.control.image;

import io.hanok.control.snapshot.Snapshot;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import software.amazon.awssdk.services.ec2.model.ArchitectureValues;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.BootModeValues;
import software.amazon.awssdk.services.ec2.model.DeviceType;
import software.amazon.awssdk.services.ec2.model.HypervisorType;
import software.amazon.awssdk.services.ec2.model.ImageTypeValues;
import software.amazon.awssdk.services.ec2.model.StateReason;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.VirtualizationType;
import software.amazon.awssdk.services.ec2.model.VolumeType;

/** Prints images as EC2 does. */
final class ImagePrinter {
  private static final DateTimeFormatter ISO =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private ImagePrinter() {}

  /**
   * Prints an image.
   *
   * @param snapshot its disk
   * @param offered whether an operator offers it to everybody
   */
  static software.amazon.awssdk.services.ec2.model.Image print(
      Image image, Snapshot snapshot, boolean offered, List<Tag> tags) {
    return software.amazon.awssdk.services.ec2.model.Image.builder()
        .imageId(image.id())
        .imageLocation(image.accountId() + "/" + image.name())
        .imageType(ImageTypeValues.MACHINE)
        .name(image.name())
        .description(image.description())
        .ownerId(image.accountId())
        .imageOwnerAlias(offered ? ImageFilters.PROVIDER_ALIAS : null)
        .state(image.state().text())
        .stateReason(
            image.failedReason() == null
                ? null
                : StateReason.builder()
                    .code("Server.ImportFailed")
                    .message(image.failedReason())
                    .build())
        .publicLaunchPermissions(image.isPublic())
        .creationDate(ISO.format(image.createdAt()))
        .architecture(ArchitectureValues.X86_64)
        .platformDetails("Linux/UNIX")
        .usageOperation("RunInstances")
        .virtualizationType(VirtualizationType.HVM)
        // EC2 says so of all images, also of those for KVM.
        .hypervisor(HypervisorType.XEN)
        .bootMode(BootModeValues.LEGACY_BIOS)
        .enaSupport(false)
        .rootDeviceType(DeviceType.EBS)
        .rootDeviceName(image.rootDeviceName())
        .blockDeviceMappings(mapping(image, snapshot))
        .deregistrationProtection("disabled")
        .tags(tags)
        .build();
  }

  /** The one disk of an image. */
  static BlockDeviceMapping mapping(Image image, Snapshot snapshot) {
    return BlockDeviceMapping.builder()
        .deviceName(image.rootDeviceName())
        .ebs(
            ebs ->
                ebs.snapshotId(snapshot.id())
                    .volumeSize(snapshot.volumeSizeGib())
                    .volumeType(VolumeType.GP3)
                    .deleteOnTermination(true)
                    .encrypted(false))
        .build();
  }
}
