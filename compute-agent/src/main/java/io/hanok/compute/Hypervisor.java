package io.hanok.compute;

import io.hanok.agent.api.id.VmId;
import java.util.List;

/**
 * The effects on the host's domains.
 *
 * <p>Only domains that bear our mark are ever seen or touched. Every call may throw an {@code
 * AgentException}: NOT_READY while the hypervisor does not answer, HOST_ERROR where it refuses.
 */
interface Hypervisor {
  /** The domain of a vm. */
  DomainView look(VmId vm);

  /** The vms that have a domain here, on or off, in any order. */
  List<VmId> domains();

  /**
   * Defines a domain, or replaces the definition of the same name, which shows at the next start.
   */
  void define(String domainXml);

  /** Starts a defined domain with its processors paused; its taps exist afterwards. */
  void startPaused(VmId vm);

  /** Lets the processors run. */
  void resume(VmId vm);

  /** Pauses the processors. */
  void suspend(VmId vm);

  /** Presses the power button. */
  void requestPowerOff(VmId vm);

  /** Presses the power button and, once the guest has powered off, resets instead of ending it. */
  void requestReboot(VmId vm);

  /** Resets the machine without asking the guest. */
  void reset(VmId vm);

  /** Cuts the power; succeeds if it is off. */
  void destroy(VmId vm);

  /** Forgets the definition and all that libvirt keeps with it; succeeds if there is none. */
  void undefine(VmId vm);

  /**
   * A picture of the display.
   *
   * @return PNG or binary PPM, as the hypervisor made it
   */
  byte[] screenshot(VmId vm);

  /** libvirt's and QEMU's versions, for people. */
  String versions();

  /** Begins to deliver events. */
  void listen(Listener listener);

  /** Lets go of the hypervisor; domains go on. */
  void close();

  /** Who hears of domains: called on the hypervisor's own thread, so it must be brief. */
  interface Listener {
    /**
     * A guest is powering off.
     *
     * @param byGuest whether the guest's own code did it, rather than a signal to its process
     */
    void shutDown(VmId vm, boolean byGuest);

    /** A machine was reset, by its guest or by us. */
    void rebooted(VmId vm);

    /** Something else changed. */
    void changed(VmId vm);

    /** Events may have been missed: look at everything. */
    void lost();
  }
}
