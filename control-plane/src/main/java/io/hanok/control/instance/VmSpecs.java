package io.hanok.control.instance;

import io.hanok.agent.api.DesiredPower;
import io.hanok.agent.api.VmSpec;
import io.hanok.agent.api.id.InstanceId;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.api.id.VolumeId;
import io.hanok.control.volume.AttachedVolume;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Turns an instance into what its host is told of the virtual machine. */
final class VmSpecs {
  private VmSpecs() {}

  /**
   * The virtual machine of the living incarnation, running. Its disks are those that its host was
   * told of first; before that, every volume must have a path.
   */
  static VmSpec running(InstanceView view) {
    return new VmSpec(
        new VmId(view.vm().id()),
        new InstanceId(view.instance().id()),
        DesiredPower.RUNNING,
        0,
        view.instance().rebootCount() - view.vm().firstRebootCount(),
        view.vm().vcpus(),
        view.vm().memoryMib(),
        smbiosUuid(view.instance().id()),
        view.writtenSpec().map(VmSpec::disks).orElseGet(() -> disks(view)),
        view.nics());
  }

  private static List<VmSpec.Disk> disks(InstanceView view) {
    List<VmSpec.Disk> disks = new ArrayList<>();
    for (AttachedVolume volume : view.volumes()) {
      disks.add(
          new VmSpec.Disk(
              new VolumeId(volume.volume().id()),
              volume.path().orElseThrow(),
              "vd" + (char) ('a' + disks.size())));
    }
    return disks;
  }

  /** The same virtual machine, off. */
  static VmSpec off(VmSpec spec, int graceSeconds) {
    return new VmSpec(
        spec.vmId(),
        spec.instanceId(),
        DesiredPower.OFF,
        graceSeconds,
        spec.rebootCount(),
        spec.vcpus(),
        spec.memoryMiB(),
        spec.smbiosUuid(),
        spec.disks(),
        spec.nics());
  }

  /**
   * The system UUID that a guest sees: the same for the instance's whole life, and starting with
   * {@code ec2}, which is Amazon's documented mark ("Identify EC2 instances", EC2 User Guide).
   */
  static String smbiosUuid(String instanceId) {
    try {
      String hex =
          HexFormat.of()
              .formatHex(
                  MessageDigest.getInstance("SHA-256")
                      .digest(instanceId.getBytes(StandardCharsets.US_ASCII)));
      return "ec2%s-%s-4%s-a%s-%s"
          .formatted(
              hex.substring(0, 5),
              hex.substring(5, 9),
              hex.substring(9, 12),
              hex.substring(12, 15),
              hex.substring(15, 27));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
