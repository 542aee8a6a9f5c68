package io.hanok.network;

import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.Rule;
import io.hanok.agent.api.HostNetworkSpec.SecurityGroup;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.network.address.Ipv4Range;
import java.util.List;
import java.util.function.Function;

/**
 * Says by the description alone, and by no code of the agent's, whether a first packet from one
 * guest to another is allowed.
 */
final class SecurityGroupOracle {
  /** A packet; the port is the ICMP type if the protocol is icmp. */
  record Packet(String protocol, int port) {}

  private final Vpc vpc;

  SecurityGroupOracle(Vpc vpc) {
    this.vpc = vpc;
  }

  boolean allows(Interface from, Interface to, Packet packet) {
    return any(from, SecurityGroup::egress, to, packet)
        && any(to, SecurityGroup::ingress, from, packet);
  }

  private boolean any(
      Interface own, Function<SecurityGroup, List<Rule>> direction, Interface peer, Packet packet) {
    String address = peer.privateAddresses().getFirst();
    return vpc.groups().stream()
        .filter(g -> own.groups().contains(g.groupId()))
        .flatMap(g -> direction.apply(g).stream())
        .anyMatch(rule -> names(rule, address) && describes(rule, packet));
  }

  private boolean names(Rule rule, String address) {
    if (rule.cidr() != null) {
      return Ipv4Range.parse(rule.cidr()).contains(address);
    }
    return vpc.groups().stream()
        .anyMatch(g -> g.groupId().equals(rule.peerGroup()) && g.members().contains(address));
  }

  private static boolean describes(Rule rule, Packet packet) {
    return switch (rule.protocol()) {
      case "-1" -> true;
      case "6" -> packet.protocol().equals("tcp") && within(rule, packet.port());
      case "tcp", "udp" -> packet.protocol().equals(rule.protocol()) && within(rule, packet.port());
      case "icmp" ->
          packet.protocol().equals("icmp")
              && (rule.fromPort() == -1 || rule.fromPort() == packet.port());
      default -> false;
    };
  }

  private static boolean within(Rule rule, int port) {
    return rule.fromPort() <= port && port <= rule.toPort();
  }
}
