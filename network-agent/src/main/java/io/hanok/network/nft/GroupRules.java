package io.hanok.network.nft;

import io.hanok.agent.api.HostNetworkSpec;
import io.hanok.agent.api.HostNetworkSpec.Rule;
import io.hanok.agent.api.HostNetworkSpec.SecurityGroup;
import io.hanok.agent.api.id.SecurityGroupId;
import io.hanok.network.address.Ipv4Range;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Prints security groups: per group two linear chains, one for each direction, and a set of the
 * addresses of its members.
 *
 * <p>A linear chain rather than a set of concatenated intervals, because users' rules overlap all
 * the time and nft refuses overlapping intervals. A rule for an IPv6 range is left out: routers
 * carry IPv4 only, and drop the rest before any group is asked.
 */
final class GroupRules {
  private static final int ICMP = 1;
  private static final int TCP = 6;
  private static final int UDP = 17;
  private static final int HIGHEST_PORT = 65535;

  private GroupRules() {}

  /** The chain of what members may receive. */
  static String ingressChain(SecurityGroupId group) {
    return "g_" + digits(group) + "_i";
  }

  /** The chain of what members may send. */
  static String egressChain(SecurityGroupId group) {
    return "g_" + digits(group) + "_e";
  }

  /** The set of members' addresses. */
  static String members(SecurityGroupId group) {
    return "m_" + digits(group);
  }

  /** Groups that are named as a peer by a rule, or given. */
  static Set<SecurityGroupId> named(HostNetworkSpec.Vpc vpc) {
    Set<SecurityGroupId> named =
        new TreeSet<>(java.util.Comparator.comparing(SecurityGroupId::value));
    for (SecurityGroup group : vpc.groups()) {
      named.add(group.groupId());
      group.ingress().stream().map(Rule::peerGroup).filter(g -> g != null).forEach(named::add);
      group.egress().stream().map(Rule::peerGroup).filter(g -> g != null).forEach(named::add);
    }
    return named;
  }

  /** The rules of one direction; the peer is the source or the destination. */
  static List<String> lines(List<Rule> rules, String peerField) {
    return rules.stream().map(r -> line(r, peerField)).flatMap(Optional::stream).toList();
  }

  private static Optional<String> line(Rule rule, String peerField) {
    if (rule.cidr() != null && rule.cidr().contains(":")) {
      return Optional.empty();
    }
    Optional<String> protocol = protocol(rule);
    return protocol.map(
        p ->
            (peer(rule, peerField) + " " + p + " accept comment \"" + rule.ruleId().value() + "\"")
                .replaceAll(" +", " ")
                .strip());
  }

  private static String peer(Rule rule, String field) {
    if (rule.peerGroup() != null) {
      return "ip " + field + " @" + members(rule.peerGroup());
    }
    Ipv4Range range = Ipv4Range.parse(rule.cidr());
    return range.everything() ? "" : "ip " + field + " " + range;
  }

  private static Optional<String> protocol(Rule rule) {
    return switch (rule.protocol()) {
      case "-1", "all" -> Optional.of("");
      case "tcp" -> Optional.of(ports("tcp", rule));
      case "udp" -> Optional.of(ports("udp", rule));
      case "icmp" -> Optional.of(icmp(rule));
      case "icmpv6" -> Optional.empty();
      default -> numbered(rule);
    };
  }

  private static Optional<String> numbered(Rule rule) {
    int number;
    try {
      number = Integer.parseInt(rule.protocol());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("not a protocol: " + rule.protocol(), e);
    }
    if (number < 0 || number > 255) {
      throw new IllegalArgumentException("not a protocol: " + rule.protocol());
    }
    return Optional.of(
        switch (number) {
          case ICMP -> icmp(rule);
          case TCP -> ports("tcp", rule);
          case UDP -> ports("udp", rule);
          default -> "meta l4proto " + number;
        });
  }

  private static String ports(String protocol, Rule rule) {
    int from = open(rule.fromPort()) ? 0 : rule.fromPort();
    int to = open(rule.toPort()) ? (open(rule.fromPort()) ? HIGHEST_PORT : from) : rule.toPort();
    if (from < 0 || to > HIGHEST_PORT || from > to) {
      throw new IllegalArgumentException("not a range of ports: " + from + "-" + to);
    }
    if (from == 0 && to == HIGHEST_PORT) {
      return "meta l4proto " + protocol;
    }
    return protocol + " dport " + (from == to ? from : from + "-" + to);
  }

  private static String icmp(Rule rule) {
    if (open(rule.fromPort())) {
      return "meta l4proto icmp";
    }
    String type = "icmp type " + octet(rule.fromPort());
    return open(rule.toPort()) ? type : type + " icmp code " + octet(rule.toPort());
  }

  private static boolean open(Integer bound) {
    return bound == null || bound == -1;
  }

  private static int octet(int value) {
    if (value < 0 || value > 255) {
      throw new IllegalArgumentException("not an ICMP type or code: " + value);
    }
    return value;
  }

  private static String digits(SecurityGroupId group) {
    return group.value().substring(group.value().lastIndexOf('-') + 1);
  }
}
