package io.hanok.control.securitygroup;

import java.util.Objects;

/**
 * What one rule allows.
 *
 * @param protocol {@code -1} (all), {@code tcp}, {@code udp}, {@code icmp} or a protocol number
 * @param fromPort first port, or ICMP type with -1 for all, or null where the protocol has no ports
 * @param toPort last port, or ICMP code with -1 for all, or null where the protocol has no ports
 * @param cidr peer range, or null if the peer is a group
 * @param peerGroupId peer group, or null if the peer is a range
 * @param description the caller's words, or null; no part of what is allowed
 */
public record Permission(
    String protocol,
    Integer fromPort,
    Integer toPort,
    String cidr,
    String peerGroupId,
    String description) {
  public Permission {
    Objects.requireNonNull(protocol);
    if ((cidr == null) == (peerGroupId == null)) {
      throw new IllegalArgumentException("a rule has one peer: a range or a group");
    }
  }

  /** Everything, to or from a range. */
  static Permission everythingWith(String cidr) {
    return new Permission("-1", null, null, cidr, null, null);
  }

  /** Everything, to or from the members of a group. */
  static Permission everythingWithGroup(String groupId) {
    return new Permission("-1", null, null, null, groupId, null);
  }

  /** Whether both allow the same. */
  boolean allowsTheSameAs(Permission other) {
    return withDescription(null).equals(other.withDescription(null));
  }

  Permission withDescription(String words) {
    return new Permission(protocol, fromPort, toPort, cidr, peerGroupId, words);
  }
}
