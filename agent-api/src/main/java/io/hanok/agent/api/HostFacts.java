package io.hanok.agent.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import java.util.List;

/**
 * What a host has, as far as the reporting agent knows; unknown fields are null.
 *
 * @param cpus number of processors
 * @param memoryMiB memory in MiB
 * @param acceleration {@code kvm} or {@code qemu} (software emulation)
 * @param hypervisorVersion libvirt's and QEMU's versions
 * @param pools volume pools
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostFacts(
    Integer cpus,
    Integer memoryMiB,
    String acceleration,
    String hypervisorVersion,
    List<Pool> pools) {
  public static final HostFacts NONE = new HostFacts(null, null, null, null, null);

  /**
   * A volume pool.
   *
   * @param name name of the pool on its host
   * @param kind {@code reflink} or {@code lvm}
   * @param totalBytes capacity in bytes
   * @param freeBytes free space in bytes
   */
  public record Pool(String name, String kind, long totalBytes, long freeBytes) {}
}
