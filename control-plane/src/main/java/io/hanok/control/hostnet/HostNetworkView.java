package io.hanok.control.hostnet;

import io.hanok.agent.api.HostNetworkSpec;
import java.util.List;
import java.util.Map;

/**
 * The rows that one host's network document is made of, as they were read.
 *
 * <p>The rows of one view may be read a moment apart, so that one may name another that is missing.
 *
 * @param metadata what the metadata service tells, by instance
 */
record HostNetworkView(
    String publicCidr,
    List<VpcRow> vpcs,
    List<SubnetRow> subnets,
    List<InterfaceRow> interfaces,
    List<AddressRow> addresses,
    List<PublicRow> publicAddresses,
    List<MemberOf> memberships,
    List<RuleRow> rules,
    List<MemberRow> members,
    Map<String, HostNetworkSpec.Metadata> metadata) {

  /** A VPC that has an interface on the host. */
  record VpcRow(String id, int vni, String cidr, String dnsDomain) {}

  /**
   * A subnet of such a VPC.
   *
   * @param internet whether its route table leads 0.0.0.0/0 to an attached internet gateway
   */
  record SubnetRow(String id, String vpcId, String cidr, boolean internet) {}

  /** An interface of an instance that is embodied on the host. */
  record InterfaceRow(
      String id,
      String vmId,
      String instanceId,
      String vpcId,
      String subnetId,
      String mac,
      int deviceIndex,
      boolean sourceDestCheck) {}

  /** A private address of such an interface. */
  record AddressRow(String eniId, String address, boolean primary) {}

  /** A public address of such an interface. */
  record PublicRow(String eniId, String privateAddress, String address) {}

  /** A group that such an interface is in. */
  record MemberOf(String eniId, String groupId) {}

  /** A rule of such a group. */
  record RuleRow(
      String id,
      String groupId,
      boolean egress,
      String protocol,
      Integer fromPort,
      Integer toPort,
      String cidr,
      String peerGroupId) {}

  /** A private address in a group, or in a group that a rule names, wherever its interface is. */
  record MemberRow(String groupId, String address) {}
}
