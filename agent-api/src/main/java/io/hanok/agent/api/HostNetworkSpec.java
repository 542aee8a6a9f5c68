package io.hanok.agent.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hanok.agent.api.id.EniId;
import io.hanok.agent.api.id.InstanceId;
import io.hanok.agent.api.id.SecurityGroupId;
import io.hanok.agent.api.id.SecurityGroupRuleId;
import io.hanok.agent.api.id.SubnetId;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.api.id.VpcId;
import java.util.List;
import java.util.Map;

/**
 * Everything about networks that one host should carry.
 *
 * @param publicCidr the range of public addresses, routed to the host; what is not in use answers
 *     "unreachable" here, so that a packet for an absent guest never leaves the machine
 * @param vpcs the VPCs that have an interface on this host, by id
 */
public record HostNetworkSpec(String publicCidr, List<Vpc> vpcs) implements DocumentSpec {
  public HostNetworkSpec {
    vpcs = List.copyOf(vpcs);
  }

  /**
   * One VPC's router on this host.
   *
   * @param vpcId the VPC; in the name of its namespace
   * @param vni VXLAN network identifier, unique in the region
   * @param cidrs the VPC's address ranges
   * @param dnsDomain domain of the internal names, such as {@code home-1.compute.internal}
   * @param subnets all subnets of the VPC
   * @param groups the security groups of the interfaces on this host and those that their rules
   *     name
   * @param interfaces the interfaces on this host
   */
  public record Vpc(
      VpcId vpcId,
      int vni,
      List<String> cidrs,
      String dnsDomain,
      List<Subnet> subnets,
      List<SecurityGroup> groups,
      List<Interface> interfaces) {
    public Vpc {
      cidrs = List.copyOf(cidrs);
      subnets = List.copyOf(subnets);
      groups = List.copyOf(groups);
      interfaces = List.copyOf(interfaces);
    }
  }

  /**
   * A subnet as its router sees it.
   *
   * @param cidr the range; its first address is the gateway, its second the resolver
   * @param internet whether its route table leads 0.0.0.0/0 to an internet gateway
   */
  public record Subnet(SubnetId subnetId, String cidr, boolean internet) {}

  /**
   * A security group: a chain of rules and a set of its members' addresses.
   *
   * @param members private addresses of all interfaces in the group, in the whole VPC
   */
  public record SecurityGroup(
      SecurityGroupId groupId, List<Rule> ingress, List<Rule> egress, List<String> members) {
    public SecurityGroup {
      ingress = List.copyOf(ingress);
      egress = List.copyOf(egress);
      members = List.copyOf(members);
    }
  }

  /**
   * An allow rule.
   *
   * @param protocol {@code -1} (all), {@code tcp}, {@code udp}, {@code icmp} or a protocol number
   * @param fromPort first port, or ICMP type, or null for all (-1 in EC2's terms)
   * @param toPort last port, or ICMP code, or null for all
   * @param cidr peer range, or null if the peer is a group
   * @param peerGroup peer group of the same VPC, or null if the peer is a range
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Rule(
      SecurityGroupRuleId ruleId,
      String protocol,
      Integer fromPort,
      Integer toPort,
      String cidr,
      SecurityGroupId peerGroup) {
    public Rule {
      if ((cidr == null) == (peerGroup == null)) {
        throw new IllegalArgumentException("a rule has one peer: a range or a group");
      }
    }
  }

  /**
   * A network interface on this host.
   *
   * @param vmId the incarnation that it belongs to
   * @param mac hardware address, lower-case with colons
   * @param privateAddresses IPv4 addresses, the primary one first
   * @param publicAddresses private address → public address, translated 1:1
   * @param hostName internal host name, such as {@code ip-10-0-0-5}
   * @param sourceDestCheck whether packets from or to other addresses are dropped
   * @param mtu MTU in bytes
   * @param groups its security groups; they add up
   * @param metadata what the metadata service tells this guest, or null for a secondary interface
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Interface(
      EniId eniId,
      VmId vmId,
      InstanceId instanceId,
      SubnetId subnetId,
      String mac,
      List<String> privateAddresses,
      Map<String, String> publicAddresses,
      String hostName,
      boolean sourceDestCheck,
      int mtu,
      List<SecurityGroupId> groups,
      Metadata metadata) {
    public Interface {
      privateAddresses = List.copyOf(privateAddresses);
      publicAddresses = Map.copyOf(publicAddresses);
      groups = List.copyOf(groups);
      if (privateAddresses.isEmpty()) {
        throw new IllegalArgumentException("an interface has a primary address");
      }
    }
  }

  /**
   * What the instance metadata service answers to one guest.
   *
   * @param enabled whether the service answers at all (HttpEndpoint)
   * @param tokensRequired whether only v2, with a token, is served (HttpTokens)
   * @param hopLimit how many hops an answer may travel (HttpPutResponseHopLimit, 1 to 64)
   * @param entries path below {@code /latest/} → value, such as {@code meta-data/instance-id};
   *     directories are derived from the paths
   * @param userData user data in base64, or null for none
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Metadata(
      boolean enabled,
      boolean tokensRequired,
      int hopLimit,
      Map<String, String> entries,
      String userData) {
    public Metadata {
      entries = Map.copyOf(entries);
      if (hopLimit < 1 || hopLimit > 64) {
        throw new IllegalArgumentException("hop limit is 1 to 64: " + hopLimit);
      }
    }
  }
}
