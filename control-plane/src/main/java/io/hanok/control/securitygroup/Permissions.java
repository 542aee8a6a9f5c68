package io.hanok.control.securitygroup;

import io.hanok.control.shared.Cidr4;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Ipv6Range;
import software.amazon.awssdk.services.ec2.model.PrefixListId;
import software.amazon.awssdk.services.ec2.model.ReferencedSecurityGroup;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRuleRequest;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;

/**
 * Reads the permissions that callers write into rules, and prints rules as permissions; pure.
 *
 * <p>A permission of EC2's API names one protocol with ports and any number of peers; each peer is
 * one rule here. Ranges are brought to their canonical form, as EC2 documents it: 100.68.0.18/18
 * becomes 100.68.0.0/18.
 */
final class Permissions {
  private static final int MOST_PORT = 65535;
  private static final int MOST_ICMP = 255;
  private static final String NO_IPV6 =
      "This cloud's networks are IPv4: leave the IPv6 ranges out.";

  private Permissions() {}

  /** Finds the group that a pair means, in the VPC of the group whose rules are written. */
  interface Peers {
    String groupId(UserIdGroupPair pair);
  }

  /**
   * Reads permissions.
   *
   * @throws CloudException InvalidPermission.Malformed, InvalidParameterValue, MissingParameter, or
   *     UnsupportedOperation for IPv6 ranges and prefix lists
   */
  static List<Permission> read(List<IpPermission> written, Peers peers) {
    List<Permission> all = new ArrayList<>();
    for (IpPermission one : written) {
      if (!one.ipv6Ranges().isEmpty()) {
        throw new CloudException(ErrorCode.UNSUPPORTED_OPERATION, NO_IPV6);
      }
      if (!one.prefixListIds().isEmpty()) {
        throw new CloudException(
            ErrorCode.UNSUPPORTED_OPERATION,
            "Prefix lists are not served here: write their ranges instead.");
      }
      Traffic traffic = traffic(one.ipProtocol(), one.fromPort(), one.toPort());
      if (one.ipRanges().isEmpty() && one.userIdGroupPairs().isEmpty()) {
        throw new CloudException(
            ErrorCode.INVALID_PERMISSION_MALFORMED,
            "The permission has no peer. Name an IPv4 range, such as 203.0.113.0/24, or a security"
                + " group.");
      }
      for (IpRange range : one.ipRanges()) {
        all.add(traffic.withRange(range(range.cidrIp()), described(range.description())));
      }
      for (UserIdGroupPair pair : one.userIdGroupPairs()) {
        all.add(traffic.withGroup(peers.groupId(pair), described(pair.description())));
      }
    }
    return all;
  }

  /**
   * Reads the form in which one rule is replaced.
   *
   * @throws CloudException as {@link #read}
   */
  static Permission read(SecurityGroupRuleRequest one, Peers peers) {
    if (one.cidrIpv6() != null) {
      throw new CloudException(ErrorCode.UNSUPPORTED_OPERATION, NO_IPV6);
    }
    if (one.prefixListId() != null) {
      throw new CloudException(
          ErrorCode.UNSUPPORTED_OPERATION,
          "Prefix lists are not served here: write their ranges instead.");
    }
    if ((one.cidrIpv4() == null) == (one.referencedGroupId() == null)) {
      throw new CloudException(
          ErrorCode.INVALID_PERMISSION_MALFORMED,
          "A rule has one peer: CidrIpv4 or ReferencedGroupId.");
    }
    Traffic traffic = traffic(one.ipProtocol(), one.fromPort(), one.toPort());
    String description = described(one.description());
    return one.cidrIpv4() != null
        ? traffic.withRange(range(one.cidrIpv4()), description)
        : traffic.withGroup(
            peers.groupId(UserIdGroupPair.builder().groupId(one.referencedGroupId()).build()),
            description);
  }

  /** A protocol with its ports. */
  private record Traffic(String protocol, Integer from, Integer to) {
    Permission withRange(String cidr, String description) {
      return new Permission(protocol, from, to, cidr, null, description);
    }

    Permission withGroup(String groupId, String description) {
      return new Permission(protocol, from, to, null, groupId, description);
    }
  }

  private static Traffic traffic(String ipProtocol, Integer from, Integer to) {
    String protocol = protocol(ipProtocol);
    return switch (protocol) {
      case "tcp", "udp" -> ports(protocol, from, to);
      case "icmp" -> icmp(from, to);
      // Others have no ports; EC2 takes and ignores what is written.
      default -> new Traffic(protocol, null, null);
    };
  }

  private static String protocol(String written) {
    if (written == null || written.isBlank()) {
      throw new CloudException(
          ErrorCode.INVALID_PERMISSION_MALFORMED,
          "The permission has no IpProtocol. Name tcp, udp, icmp, a number, or -1 for all.");
    }
    String protocol = written.toLowerCase(Locale.ROOT);
    return switch (protocol) {
      case "tcp", "udp", "icmp", "-1" -> protocol;
      case "all" -> "-1";
      case "1" -> "icmp";
      case "6" -> "tcp";
      case "17" -> "udp";
      case "icmpv6", "58" -> throw new CloudException(ErrorCode.UNSUPPORTED_OPERATION, NO_IPV6);
      default -> {
        if (!protocol.matches("\\d{1,3}") || Integer.parseInt(protocol) > 255) {
          throw Errors.invalidValue(
              "ipProtocol", written, "Expecting tcp, udp, icmp, a number up to 255, or -1.");
        }
        yield String.valueOf(Integer.parseInt(protocol));
      }
    };
  }

  private static Traffic ports(String protocol, Integer from, Integer to) {
    if (from == null || to == null) {
      throw new CloudException(
          ErrorCode.INVALID_PARAMETER_VALUE,
          "Invalid value 'Must specify both from and to ports with TCP/UDP.' for portRange.");
    }
    for (int port : new int[] {from, to}) {
      if (port < 0 || port > MOST_PORT) {
        throw Errors.invalidValue("portRange", port, "Ports are 0 to 65535.");
      }
    }
    if (from > to) {
      throw Errors.invalidValue(
          "portRange", from + "-" + to, "The first port must not be above the last.");
    }
    return new Traffic(protocol, from, to);
  }

  private static Traffic icmp(Integer type, Integer code) {
    int from = type == null ? -1 : type;
    int to = code == null ? -1 : code;
    if (from < -1 || from > MOST_ICMP || to < -1 || to > MOST_ICMP) {
      throw Errors.invalidValue(
          "portRange", from + "-" + to, "ICMP types and codes are 0 to 255, or -1 for all.");
    }
    if (from == -1 && to != -1) {
      throw Errors.invalidValue("portRange", to, "All ICMP types (-1) have all codes (-1).");
    }
    return new Traffic("icmp", from, to);
  }

  private static String range(String written) {
    if (written == null) {
      throw Errors.missing("cidrIp");
    }
    if (written.contains(":")) {
      throw new CloudException(ErrorCode.UNSUPPORTED_OPERATION, NO_IPV6);
    }
    return Cidr4.parse(written)
        .orElseThrow(
            () ->
                new CloudException(
                    ErrorCode.INVALID_PARAMETER_VALUE,
                    "CIDR block %s is malformed. Write it as 203.0.113.0/24.".formatted(written)))
        .toString();
  }

  /** A rule's description, checked; empty is none. */
  static String described(String words) {
    if (words == null || words.isEmpty()) {
      return null;
    }
    if (words.length() > 255 || !CreateSecurityGroup.ALLOWED.matcher(words).matches()) {
      throw Errors.invalidValue(
          "description",
          words,
          "At most 255 characters of a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*");
    }
    return words;
  }

  /** Prints the rules of one group and direction: those with the same traffic together. */
  static List<IpPermission> print(List<SecurityGroupRule> rules) {
    Map<Traffic, List<SecurityGroupRule>> byTraffic = new LinkedHashMap<>();
    for (SecurityGroupRule rule : rules) {
      Permission p = rule.permission();
      byTraffic
          .computeIfAbsent(
              new Traffic(p.protocol(), p.fromPort(), p.toPort()), k -> new ArrayList<>())
          .add(rule);
    }
    return byTraffic.entrySet().stream().map(e -> print(e.getKey(), e.getValue())).toList();
  }

  /** Prints one permission. */
  static IpPermission print(Permission p) {
    IpPermission.Builder one =
        IpPermission.builder().ipProtocol(p.protocol()).fromPort(p.fromPort()).toPort(p.toPort());
    if (p.cidr() != null) {
      one.ipRanges(r -> r.cidrIp(p.cidr()).description(p.description()));
    } else {
      one.userIdGroupPairs(g -> g.groupId(p.peerGroupId()).description(p.description()));
    }
    return one.build();
  }

  private static IpPermission print(Traffic traffic, List<SecurityGroupRule> rules) {
    return IpPermission.builder()
        .ipProtocol(traffic.protocol())
        .fromPort(traffic.from())
        .toPort(traffic.to())
        .ipRanges(
            rules.stream()
                .filter(r -> r.permission().cidr() != null)
                .map(
                    r ->
                        IpRange.builder()
                            .cidrIp(r.permission().cidr())
                            .description(r.permission().description())
                            .build())
                .toList())
        .userIdGroupPairs(
            rules.stream()
                .filter(r -> r.permission().peerGroupId() != null)
                .map(
                    r ->
                        UserIdGroupPair.builder()
                            .groupId(r.permission().peerGroupId())
                            .userId(r.accountId())
                            .description(r.permission().description())
                            .build())
                .toList())
        .ipv6Ranges(List.<Ipv6Range>of())
        .prefixListIds(List.<PrefixListId>of())
        .build();
  }

  /** Prints a rule by itself. */
  static software.amazon.awssdk.services.ec2.model.SecurityGroupRule print(
      SecurityGroupRule rule,
      String region,
      List<software.amazon.awssdk.services.ec2.model.Tag> tags) {
    Permission p = rule.permission();
    return software.amazon.awssdk.services.ec2.model.SecurityGroupRule.builder()
        .securityGroupRuleId(rule.id())
        .securityGroupRuleArn(
            "arn:aws:ec2:%s:%s:security-group-rule/%s"
                .formatted(region, rule.accountId(), rule.id()))
        .groupId(rule.groupId())
        .groupOwnerId(rule.accountId())
        .isEgress(rule.egress())
        .ipProtocol(p.protocol())
        .fromPort(p.fromPort() == null ? -1 : p.fromPort())
        .toPort(p.toPort() == null ? -1 : p.toPort())
        .cidrIpv4(p.cidr())
        .referencedGroupInfo(
            p.peerGroupId() == null
                ? null
                : ReferencedSecurityGroup.builder()
                    .groupId(p.peerGroupId())
                    .userId(rule.accountId())
                    .build())
        .description(p.description())
        .tags(tags)
        .build();
  }

  /** A rule as EC2's messages write it. */
  static String inWords(Permission p) {
    String peer = p.cidr() != null ? p.cidr() : p.peerGroupId();
    String protocol = p.protocol().equals("-1") ? "ALL" : p.protocol().toUpperCase(Locale.ROOT);
    return p.fromPort() == null
        ? "peer: %s, %s, ALLOW".formatted(peer, protocol)
        : "peer: %s, %s, from port: %d, to port: %d, ALLOW"
            .formatted(peer, protocol, p.fromPort(), p.toPort());
  }
}
