package io.hanok.agent.api;

import io.hanok.agent.api.id.EniId;
import io.hanok.agent.api.id.InstanceId;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.api.id.VolumeId;
import java.util.List;

/**
 * One virtual machine: an incarnation of an instance on one host.
 *
 * @param vmId the incarnation; the domain's name
 * @param instanceId the instance that it embodies
 * @param power what it should be doing
 * @param stopGraceSeconds when power is OFF: how long the guest may take over a clean power-off
 *     before it is cut off; 0 cuts it off at once
 * @param rebootCount how often the user has asked for a reboot of this incarnation; the agent
 *     reboots once when it sees the count move up
 * @param vcpus number of virtual processors
 * @param memoryMiB memory in MiB
 * @param smbiosUuid system UUID and serial of the SMBIOS table, starting with {@code ec2}, by which
 *     stock cloud-init knows its data source
 * @param disks disks, the boot disk first
 * @param nics network interfaces in the order of their device index
 */
public record VmSpec(
    VmId vmId,
    InstanceId instanceId,
    DesiredPower power,
    int stopGraceSeconds,
    int rebootCount,
    int vcpus,
    int memoryMiB,
    String smbiosUuid,
    List<Disk> disks,
    List<Nic> nics)
    implements DocumentSpec {
  public VmSpec {
    disks = List.copyOf(disks);
    nics = List.copyOf(nics);
    if (vcpus < 1 || memoryMiB < 1 || stopGraceSeconds < 0 || disks.isEmpty()) {
      throw new IllegalArgumentException("a virtual machine needs processors, memory and a disk");
    }
  }

  /**
   * A raw disk on virtio-blk.
   *
   * @param volumeId the volume; its text without the dash is the disk's serial, as on EC2
   * @param path the file or block device on the host, as the storage agent reported it
   * @param target the guest's device name on virtio, such as {@code vda}
   */
  public record Disk(VolumeId volumeId, String path, String target) {}

  /**
   * A network interface on virtio-net.
   *
   * @param eniId the interface; names the tap ({@link TapName})
   * @param mac hardware address, lower-case with colons
   * @param mtu MTU in bytes offered to the guest
   */
  public record Nic(EniId eniId, String mac, int mtu) {}
}
