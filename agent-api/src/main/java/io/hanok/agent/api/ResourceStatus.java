package io.hanok.agent.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.hanok.agent.api.id.EniId;
import io.hanok.agent.api.id.VmId;
import java.time.Instant;
import java.util.List;

/** What an agent sees of one thing on its host. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
public sealed interface ResourceStatus {

  /** Nothing of it is on the host. */
  record Absent() implements ResourceStatus {}

  /**
   * A virtual machine.
   *
   * @param power what the hypervisor says
   * @param offReason why it is off; null unless power is OFF
   * @param since when this incarnation was last seen to change power
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Vm(ObservedPower power, OffReason offReason, Instant since) implements ResourceStatus {}

  /** What the hypervisor says of a virtual machine. */
  enum ObservedPower {
    /** Started, processors paused by us: taps exist. */
    PAUSED,
    RUNNING,
    /**
     * Running, but stopped by the hypervisor on a full pool or an I/O error; resumed by the agent.
     */
    SUSPENDED_IO,
    OFF
  }

  /** Why a virtual machine is off. */
  enum OffReason {
    /** Never started yet. */
    NOT_STARTED,
    /** The guest powered itself off: libvirt's event named the guest, and nobody had asked. */
    GUEST,
    /** The desired document asked for it. */
    REQUESTED,
    /** The guest or its emulator crashed, or was killed from outside. */
    CRASHED,
    /** Found off, for example after the host itself restarted. */
    UNKNOWN
  }

  /**
   * A volume.
   *
   * @param path the file or block device to attach
   * @param sizeBytes size in bytes
   */
  record Volume(String path, long sizeBytes) implements ResourceStatus {}

  /**
   * An image.
   *
   * @param ready whether volumes can be cloned from it
   * @param progressPercent 0 to 100
   * @param sha256 digest of the source in lower-case hex; null until read
   * @param format format of the source ({@code qcow2}, {@code raw}, {@code vmdk}); null until read
   * @param sizeBytes virtual size in bytes; 0 until read
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Image(boolean ready, int progressPercent, String sha256, String format, long sizeBytes)
      implements ResourceStatus {}

  /**
   * The networks of a host.
   *
   * @param interfaces the interfaces of the applied document
   */
  record HostNetwork(List<Nic> interfaces) implements ResourceStatus {
    public HostNetwork {
      interfaces = List.copyOf(interfaces);
    }
  }

  /**
   * A network interface.
   *
   * @param ready whether its tap is in the VPC's router with all rules in force
   * @param lastSeen when the guest was last seen by DHCP or ARP since its tap appeared, or null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Nic(EniId eniId, VmId vmId, boolean ready, Instant lastSeen) {}
}
