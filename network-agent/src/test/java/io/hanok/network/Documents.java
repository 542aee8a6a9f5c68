package io.hanok.network;

import io.hanok.agent.api.HostNetworkSpec;
import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.Metadata;
import io.hanok.agent.api.HostNetworkSpec.Rule;
import io.hanok.agent.api.HostNetworkSpec.SecurityGroup;
import io.hanok.agent.api.HostNetworkSpec.Subnet;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.agent.api.id.EniId;
import io.hanok.agent.api.id.InstanceId;
import io.hanok.agent.api.id.SecurityGroupId;
import io.hanok.agent.api.id.SecurityGroupRuleId;
import io.hanok.agent.api.id.SubnetId;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.api.id.VpcId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Small descriptions of networks for tests; numbers become ids. */
public final class Documents {
  public static final String PUBLIC = "198.18.0.0/16";

  private Documents() {}

  public static String digits(int number) {
    return "%017x".formatted(number);
  }

  public static VpcId vpc(int number) {
    return new VpcId("vpc-" + digits(number));
  }

  public static EniId eni(int number) {
    return new EniId("eni-" + digits(number));
  }

  public static SubnetId subnet(int number) {
    return new SubnetId("subnet-" + digits(number));
  }

  public static SecurityGroupId group(int number) {
    return new SecurityGroupId("sg-" + digits(number));
  }

  public static String mac(int number) {
    return "0a:00:00:00:%02x:%02x".formatted(number >> 8 & 0xff, number & 0xff);
  }

  /** An allow rule for a range. */
  public static Rule from(String protocol, Integer from, Integer to, String cidr) {
    return new Rule(rule(1), protocol, from, to, cidr, null);
  }

  /** An allow rule for a group. */
  public static Rule from(String protocol, Integer from, Integer to, SecurityGroupId peer) {
    return new Rule(rule(2), protocol, from, to, null, peer);
  }

  private static SecurityGroupRuleId rule(int number) {
    return new SecurityGroupRuleId("sgr-" + digits(number));
  }

  public static final Rule EVERYTHING = from("-1", null, null, "0.0.0.0/0");

  /** A group that may send everything. */
  public static SecurityGroup open(int number, List<Rule> ingress, String... members) {
    return new SecurityGroup(group(number), ingress, List.of(EVERYTHING), List.of(members));
  }

  /** An interface of a guest of its own. */
  public static Interface nic(int number, int subnet, String address, Integer... groups) {
    return new Interface(
        eni(number),
        new VmId("vm-" + digits(number)),
        new InstanceId("i-" + digits(number)),
        subnet(subnet),
        mac(number),
        List.of(address),
        Map.of(),
        "ip-" + address.replace('.', '-'),
        true,
        1450,
        Arrays.stream(groups).map(Documents::group).toList(),
        new Metadata(
            true,
            true,
            1,
            Map.of(
                "meta-data/instance-id",
                "i-" + digits(number),
                "meta-data/placement/region",
                "home-1"),
            null));
  }

  public static Interface withPublic(Interface nic, String address) {
    return new Interface(
        nic.eniId(),
        nic.vmId(),
        nic.instanceId(),
        nic.subnetId(),
        nic.mac(),
        nic.privateAddresses(),
        Map.of(nic.privateAddresses().getFirst(), address),
        nic.hostName(),
        nic.sourceDestCheck(),
        nic.mtu(),
        nic.groups(),
        nic.metadata());
  }

  public static Interface withMetadata(Interface nic, UnaryOperator<Metadata> change) {
    return new Interface(
        nic.eniId(),
        nic.vmId(),
        nic.instanceId(),
        nic.subnetId(),
        nic.mac(),
        nic.privateAddresses(),
        nic.publicAddresses(),
        nic.hostName(),
        nic.sourceDestCheck(),
        nic.mtu(),
        nic.groups(),
        change.apply(nic.metadata()));
  }

  public static Interface unchecked(Interface nic) {
    return new Interface(
        nic.eniId(),
        nic.vmId(),
        nic.instanceId(),
        nic.subnetId(),
        nic.mac(),
        nic.privateAddresses(),
        nic.publicAddresses(),
        nic.hostName(),
        false,
        nic.mtu(),
        nic.groups(),
        nic.metadata());
  }

  /**
   * A VPC of 10.0.0.0/16 with a public subnet 1 (10.0.0.0/24) and a private one 2 (10.0.1.0/24).
   */
  public static Vpc vpc(int number, List<SecurityGroup> groups, Interface... nics) {
    return new Vpc(
        vpc(number),
        100 + number,
        List.of("10.0.0.0/16"),
        "home-1.compute.internal",
        List.of(
            new Subnet(subnet(1), "10.0.0.0/24", true),
            new Subnet(subnet(2), "10.0.1.0/24", false)),
        groups,
        List.of(nics));
  }

  public static HostNetworkSpec host(Vpc... vpcs) {
    return new HostNetworkSpec(PUBLIC, List.of(vpcs));
  }
}
