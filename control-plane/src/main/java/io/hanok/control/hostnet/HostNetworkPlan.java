package io.hanok.control.hostnet;

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
import io.hanok.control.hostnet.HostNetworkView.VpcRow;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
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
  /** MTU of guests: what is left of 1500 bytes inside VXLAN over IPv4. */
  static final int MTU = 1450;

  private HostNetworkPlan() {}

  static HostNetworkSpec compose(HostNetworkView view) {
    return new HostNetworkSpec(
        view.publicCidr(),
        view.vpcs().stream()
            .sorted(Comparator.comparing(VpcRow::id))
            .map(vpc -> vpc(view, vpc))
            .toList());
  }

  private static HostNetworkSpec.Vpc vpc(HostNetworkView view, VpcRow vpc) {
    List<HostNetworkSpec.Subnet> subnets =
        view.subnets().stream()
            .filter(s -> s.vpcId().equals(vpc.id()))
            .sorted(Comparator.comparing(HostNetworkView.SubnetRow::id))
            .map(s -> new HostNetworkSpec.Subnet(new SubnetId(s.id()), s.cidr(), s.internet()))
            .toList();
    Set<String> subnetIds =
        subnets.stream().map(s -> s.subnetId().value()).collect(Collectors.toSet());
    List<InterfaceRow> rows =
        view.interfaces().stream()
            .filter(i -> i.vpcId().equals(vpc.id()) && subnetIds.contains(i.subnetId()))
            .filter(i -> view.addresses().stream().anyMatch(a -> isPrimaryOf(a, i)))
            .sorted(Comparator.comparing(InterfaceRow::id))
            .toList();
    return new HostNetworkSpec.Vpc(
        new VpcId(vpc.id()),
        vpc.vni(),
        List.of(vpc.cidr()),
        vpc.dnsDomain(),
        subnets,
        groups(view, rows),
        rows.stream().map(i -> oneInterface(view, i)).toList());
  }

  private static boolean isPrimaryOf(AddressRow address, InterfaceRow eni) {
    return address.primary() && address.eniId().equals(eni.id());
  }

  private static List<HostNetworkSpec.SecurityGroup> groups(
      HostNetworkView view, List<InterfaceRow> interfaces) {
    Set<String> here = interfaces.stream().map(InterfaceRow::id).collect(Collectors.toSet());
    Set<String> own =
        view.memberships().stream()
            .filter(m -> here.contains(m.eniId()))
            .map(MemberOf::groupId)
            .collect(Collectors.toCollection(TreeSet::new));
    Map<String, Set<String>> members = new TreeMap<>();
    for (MemberRow member : view.members()) {
      members.computeIfAbsent(member.groupId(), k -> new TreeSet<>()).add(member.address());
    }
    Map<String, List<RuleRow>> rules =
        view.rules().stream()
            .filter(r -> own.contains(r.groupId()))
            .sorted(Comparator.comparing(RuleRow::id))
            .collect(Collectors.groupingBy(RuleRow::groupId));
    Set<String> all = new TreeSet<>(own);
    rules.values().stream()
        .flatMap(List::stream)
        .filter(r -> r.peerGroupId() != null)
        .forEach(r -> all.add(r.peerGroupId()));
    return all.stream()
        .map(
            id ->
                new HostNetworkSpec.SecurityGroup(
                    new SecurityGroupId(id),
                    rules(rules.getOrDefault(id, List.of()), false),
                    rules(rules.getOrDefault(id, List.of()), true),
                    List.copyOf(members.getOrDefault(id, Set.of()))))
        .toList();
  }

  private static List<HostNetworkSpec.Rule> rules(List<RuleRow> rows, boolean egress) {
    return rows.stream()
        .filter(r -> r.egress() == egress)
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

  private static HostNetworkSpec.Interface oneInterface(HostNetworkView view, InterfaceRow eni) {
    List<String> privateOnes =
        view.addresses().stream()
            .filter(a -> a.eniId().equals(eni.id()))
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
        view.publicAddresses().stream()
            .filter(p -> p.eniId().equals(eni.id()))
            .collect(Collectors.toMap(PublicRow::privateAddress, PublicRow::address)),
        "ip-" + privateOnes.getFirst().replace('.', '-'),
        eni.sourceDestCheck(),
        MTU,
        view.memberships().stream()
            .filter(m -> m.eniId().equals(eni.id()))
            .map(MemberOf::groupId)
            .sorted()
            .map(SecurityGroupId::new)
            .toList(),
        eni.deviceIndex() == 0 ? view.metadata().get(eni.instanceId()) : null);
  }
}
