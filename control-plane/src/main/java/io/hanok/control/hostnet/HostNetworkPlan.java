package io.hanok.control.hostnet;

import static java.util.stream.Collectors.groupingBy;

import io.hanok.agent.api.HostNetworkSpec;
import io.hanok.agent.api.id.EniId;
import io.hanok.agent.api.id.InstanceId;
import io.hanok.agent.api.id.SecurityGroupId;
import io.hanok.agent.api.id.SecurityGroupRuleId;
import io.hanok.agent.api.id.SubnetId;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.api.id.VpcId;
import io.hanok.control.hostnet.HostNetworkView.AddressRow;
import io.hanok.control.hostnet.HostNetworkView.InterfaceRow;
import io.hanok.control.hostnet.HostNetworkView.MemberOf;
import io.hanok.control.hostnet.HostNetworkView.MemberRow;
import io.hanok.control.hostnet.HostNetworkView.PublicRow;
import io.hanok.control.hostnet.HostNetworkView.RuleRow;
import io.hanok.control.hostnet.HostNetworkView.SubnetRow;
import io.hanok.control.hostnet.HostNetworkView.VpcRow;
import io.hanok.control.shared.GuestNetworks;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Composes a host's network document from rows; pure.
 *
 * <p>Everything is in the order of its ids, so that equal networks make equal documents. What names
 * a row that is missing is left out: whatever made it missing has woken the host again. A group
 * that is there only because a rule names it has its members and no rules: no interface of this
 * host passes through them.
 */
final class HostNetworkPlan {
  private HostNetworkPlan() {}

  static HostNetworkSpec compose(HostNetworkView view) {
    Rows rows = Rows.of(view);
    return new HostNetworkSpec(
        view.publicCidr(),
        view.vpcs().stream()
            .sorted(Comparator.comparing(VpcRow::id))
            .map(vpc -> vpc(rows, vpc))
            .toList());
  }

  /** The rows by what they belong to. */
  private record Rows(
      Map<String, List<SubnetRow>> subnets,
      Map<String, List<InterfaceRow>> interfaces,
      Map<String, List<AddressRow>> addresses,
      Map<String, List<PublicRow>> publicAddresses,
      Map<String, List<MemberOf>> memberships,
      Map<String, List<RuleRow>> rules,
      Map<String, List<MemberRow>> members,
      Map<String, HostNetworkSpec.Metadata> metadata) {
    static Rows of(HostNetworkView view) {
      return new Rows(
          view.subnets().stream().collect(groupingBy(SubnetRow::vpcId)),
          view.interfaces().stream().collect(groupingBy(InterfaceRow::vpcId)),
          view.addresses().stream().collect(groupingBy(AddressRow::eniId)),
          view.publicAddresses().stream().collect(groupingBy(PublicRow::eniId)),
          view.memberships().stream().collect(groupingBy(MemberOf::eniId)),
          view.rules().stream().collect(groupingBy(RuleRow::groupId)),
          view.members().stream().collect(groupingBy(MemberRow::groupId)),
          view.metadata());
    }

    boolean hasPrimaryAddress(InterfaceRow eni) {
      return addresses.getOrDefault(eni.id(), List.of()).stream().anyMatch(AddressRow::primary);
    }
  }

  private static HostNetworkSpec.Vpc vpc(Rows rows, VpcRow vpc) {
    List<HostNetworkSpec.Subnet> subnets =
        rows.subnets().getOrDefault(vpc.id(), List.of()).stream()
            .sorted(Comparator.comparing(SubnetRow::id))
            .map(s -> new HostNetworkSpec.Subnet(new SubnetId(s.id()), s.cidr(), s.internet()))
            .toList();
    Set<String> subnetIds =
        subnets.stream().map(s -> s.subnetId().value()).collect(Collectors.toSet());
    List<InterfaceRow> interfaces =
        rows.interfaces().getOrDefault(vpc.id(), List.of()).stream()
            .filter(i -> subnetIds.contains(i.subnetId()) && rows.hasPrimaryAddress(i))
            .sorted(Comparator.comparing(InterfaceRow::id))
            .toList();
    return new HostNetworkSpec.Vpc(
        new VpcId(vpc.id()),
        vpc.vni(),
        List.of(vpc.cidr()),
        vpc.dnsDomain(),
        subnets,
        groups(rows, interfaces),
        interfaces.stream().map(i -> oneInterface(rows, i)).toList());
  }

  private static List<HostNetworkSpec.SecurityGroup> groups(
      Rows rows, List<InterfaceRow> interfaces) {
    Set<String> own =
        interfaces.stream()
            .flatMap(i -> rows.memberships().getOrDefault(i.id(), List.of()).stream())
            .map(MemberOf::groupId)
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> all = new TreeSet<>(own);
    for (String group : own) {
      rows.rules().getOrDefault(group, List.of()).stream()
          .map(RuleRow::peerGroupId)
          .filter(Objects::nonNull)
          .forEach(all::add);
    }
    return all.stream()
        .map(
            id -> {
              List<RuleRow> rules =
                  own.contains(id) ? rows.rules().getOrDefault(id, List.of()) : List.of();
              return new HostNetworkSpec.SecurityGroup(
                  new SecurityGroupId(id),
                  rules(rules, false),
                  rules(rules, true),
                  rows.members().getOrDefault(id, List.of()).stream()
                      .map(MemberRow::address)
                      .sorted()
                      .toList());
            })
        .toList();
  }

  private static List<HostNetworkSpec.Rule> rules(List<RuleRow> rows, boolean egress) {
    return rows.stream()
        .filter(r -> r.egress() == egress)
        .sorted(Comparator.comparing(RuleRow::id))
        .map(
            r ->
                new HostNetworkSpec.Rule(
                    new SecurityGroupRuleId(r.id()),
                    r.protocol(),
                    allAsNull(r.fromPort()),
                    allAsNull(r.toPort()),
                    r.cidr(),
                    r.peerGroupId() == null ? null : new SecurityGroupId(r.peerGroupId())))
        .toList();
  }

  /** EC2 writes -1 for all ICMP types or codes. */
  private static Integer allAsNull(Integer port) {
    return port == null || port == -1 ? null : port;
  }

  private static HostNetworkSpec.Interface oneInterface(Rows rows, InterfaceRow eni) {
    List<String> privateOnes =
        rows.addresses().get(eni.id()).stream()
            .sorted(
                Comparator.comparing((AddressRow a) -> !a.primary())
                    .thenComparing(AddressRow::address))
            .map(AddressRow::address)
            .toList();
    return new HostNetworkSpec.Interface(
        new EniId(eni.id()),
        new VmId(eni.vmId()),
        new InstanceId(eni.instanceId()),
        new SubnetId(eni.subnetId()),
        eni.mac(),
        privateOnes,
        rows.publicAddresses().getOrDefault(eni.id(), List.of()).stream()
            .collect(Collectors.toMap(PublicRow::privateAddress, PublicRow::address)),
        "ip-" + privateOnes.getFirst().replace('.', '-'),
        eni.sourceDestCheck(),
        GuestNetworks.MTU,
        rows.memberships().getOrDefault(eni.id(), List.of()).stream()
            .map(MemberOf::groupId)
            .sorted()
            .map(SecurityGroupId::new)
            .toList(),
        eni.deviceIndex() == 0 ? rows.metadata().get(eni.instanceId()) : null);
  }
}
