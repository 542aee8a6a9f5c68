package io.hanok.control.address;

import io.hanok.control.shared.Errors;

/**
 * The request to lead an elastic address to an interface.
 *
 * @param allocationId the address, or null if {@code publicIp} names it
 * @param publicIp the address, or null if {@code allocationId} names it
 * @param instanceId the instance whose only interface is meant, or null
 * @param networkInterfaceId the interface, or null
 * @param privateAddress one of the interface's private addresses, or null: the primary one
 * @param reassociate whether an address that leads elsewhere may be moved
 */
record AssociateAddress(
    String allocationId,
    String publicIp,
    String instanceId,
    String networkInterfaceId,
    String privateAddress,
    boolean reassociate) {
  AssociateAddress {
    if (allocationId == null && publicIp == null) {
      throw Errors.missing("allocationId");
    }
    if (allocationId != null && publicIp != null) {
      throw Errors.combination("You may specify public IP or allocation id, but not both.");
    }
    if (instanceId == null && networkInterfaceId == null) {
      throw Errors.missing("instanceId or networkInterfaceId");
    }
    if (instanceId != null && networkInterfaceId != null) {
      throw Errors.combination("You may specify instance id or network interface id, not both.");
    }
  }
}
