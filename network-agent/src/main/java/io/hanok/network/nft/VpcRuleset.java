package io.hanok.network.nft;

import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.SecurityGroup;
import io.hanok.agent.api.HostNetworkSpec.Subnet;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.agent.api.TapName;
import io.hanok.agent.api.id.SecurityGroupId;
import io.hanok.agent.api.id.SubnetId;
import io.hanok.network.address.Ipv4Range;
import io.hanok.network.address.MacAddress;
import io.hanok.network.address.ServiceAddresses;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Says what the router of one VPC lets through: the ruleset of its namespace.
 *
 * <p>A packet of a guest meets, in this order: anti-spoofing by (tap, hardware address, source
 * address); the groups of its own interface for sending; the groups of the receiving interface, if
 * that is on this host. Both group checks sit in base chains of their own, as {@code accept} ends
 * only the chain that says it. The services of the router itself (DHCP, names, metadata, time) are
 * not subject to groups, as on EC2. Whatever no rule allows is dropped without an answer.
 *
 * <p>Public addresses are translated 1:1 at the uplink only. A guest that speaks to another guest's
 * public address goes out and comes back in, so that the receiver sees the sender's public address
 * and rules that name groups do not apply, as on EC2. Nothing leaves by the uplink untranslated,
 * and nothing comes in that was not sent to a public address.
 */
public final class VpcRuleset {
  /** Name of our tables in every namespace. */
  public static final String TABLE = "hanok";

  /** Name of the router's end of the link to the host. */
  public static final String UPLINK = "up0";

  /**
   * The DSCP value with which the metadata service marks the packets of an answer whose travel is
   * limited; the mark is taken off as the limit is put on.
   */
  public static final int LIMITED_DSCP = 0x3f;

  private final Vpc vpc;
  private final String link;
  private final Map<SubnetId, Subnet> subnets;

  private VpcRuleset(Vpc vpc, String link) {
    this.vpc = vpc;
    this.link = Ipv4Range.address(link);
    this.subnets = vpc.subnets().stream().collect(Collectors.toMap(Subnet::subnetId, s -> s));
  }

  /**
   * The ruleset of a VPC.
   *
   * @param link the router's own address on the link to the host
   * @throws IllegalArgumentException if the description has an address, a protocol or a port range
   *     that is none
   */
  public static NftRuleset of(Vpc vpc, String link) {
    VpcRuleset rules = new VpcRuleset(vpc, link);
    return new NftRuleset(List.of(rules.inet(), rules.arp()));
  }

  private NftTable inet() {
    List<NftSet> sets = new ArrayList<>(List.of(own(), ownHardware(), unchecked()));
    sets.add(verdicts("eni_e", nic -> "jump " + sending(nic)));
    sets.add(verdicts("eni_i", nic -> "jump " + receiving(nic)));
    sets.add(NftSet.map("eip_in", "ipv4_addr : ipv4_addr", publicAddresses(true)));
    sets.add(NftSet.map("eip_out", "ipv4_addr : ipv4_addr", publicAddresses(false)));
    sets.add(hopLimits());
    sets.addAll(groupMembers());
    List<NftChain> chains = new ArrayList<>();
    chains.addAll(groupChains());
    chains.addAll(interfaceChains());
    chains.addAll(hopChains());
    chains.addAll(hooks());
    return new NftTable("inet", TABLE, vpc.vpcId().value(), sets, chains);
  }

  private NftTable arp() {
    return new NftTable(
        "arp",
        TABLE,
        vpc.vpcId().value(),
        List.of(own(), ownHardware()),
        List.of(
            NftChain.base(
                "input",
                "type filter hook input priority filter; policy drop;",
                "iifname { \"gw0\", \"" + UPLINK + "\" } accept",
                "iifname . arp saddr ether . arp saddr ip @own4 accept",
                "arp saddr ip 0.0.0.0 iifname . arp saddr ether @ownmac accept")));
  }

  private NftSet own() {
    return NftSet.of(
        "own4",
        "ifname . ether_addr . ipv4_addr",
        vpc.interfaces().stream()
            .flatMap(nic -> addresses(nic).map(a -> tap(nic) + " . " + mac(nic) + " . " + a))
            .toList());
  }

  private NftSet ownHardware() {
    return NftSet.of("ownmac", "ifname . ether_addr", hardware(vpc.interfaces().stream()));
  }

  private NftSet unchecked() {
    return NftSet.of(
        "nocheck",
        "ifname . ether_addr",
        hardware(vpc.interfaces().stream().filter(nic -> !nic.sourceDestCheck())));
  }

  private static List<String> hardware(Stream<Interface> nics) {
    return nics.map(nic -> tap(nic) + " . " + mac(nic)).toList();
  }

  private NftSet verdicts(String name, Function<Interface, String> verdict) {
    return NftSet.map(
        name,
        "ifname : verdict",
        vpc.interfaces().stream().collect(Collectors.toMap(VpcRuleset::tap, verdict)));
  }

  private SortedMap<String, String> publicAddresses(boolean inwards) {
    SortedMap<String, String> map = new TreeMap<>();
    for (Interface nic : vpc.interfaces()) {
      Subnet subnet = subnets.get(nic.subnetId());
      if (subnet == null || !subnet.internet()) {
        continue;
      }
      nic.publicAddresses()
          .forEach(
              (own, seen) -> {
                String inside = Ipv4Range.address(own);
                String outside = Ipv4Range.address(seen);
                map.put(inwards ? outside : inside, inwards ? inside : outside);
              });
    }
    return map;
  }

  private NftSet hopLimits() {
    return NftSet.map(
        "hop",
        "ifname : verdict",
        vpc.interfaces().stream()
            .filter(nic -> nic.metadata() != null)
            .collect(
                Collectors.toMap(VpcRuleset::tap, nic -> "goto hop_" + nic.metadata().hopLimit())));
  }

  private List<NftSet> groupMembers() {
    Map<SecurityGroupId, SecurityGroup> known =
        vpc.groups().stream().collect(Collectors.toMap(SecurityGroup::groupId, g -> g));
    return GroupRules.named(vpc).stream()
        .map(
            id ->
                NftSet.of(
                    GroupRules.members(id),
                    "ipv4_addr",
                    known.containsKey(id)
                        ? known.get(id).members().stream().map(Ipv4Range::address).toList()
                        : List.of()))
        .toList();
  }

  private List<NftChain> groupChains() {
    List<NftChain> chains = new ArrayList<>();
    vpc.groups().stream()
        .sorted(java.util.Comparator.comparing(g -> g.groupId().value()))
        .forEach(
            group -> {
              chains.add(
                  NftChain.plain(
                      GroupRules.ingressChain(group.groupId()),
                      GroupRules.lines(group.ingress(), "saddr")));
              chains.add(
                  NftChain.plain(
                      GroupRules.egressChain(group.groupId()),
                      GroupRules.lines(group.egress(), "daddr")));
            });
    return chains;
  }

  private List<NftChain> interfaceChains() {
    var known = vpc.groups().stream().map(SecurityGroup::groupId).collect(Collectors.toSet());
    List<NftChain> chains = new ArrayList<>();
    vpc.interfaces().stream()
        .sorted(java.util.Comparator.comparing(nic -> nic.eniId().value()))
        .forEach(
            nic -> {
              List<SecurityGroupId> groups = nic.groups().stream().filter(known::contains).toList();
              chains.add(
                  NftChain.plain(
                      receiving(nic),
                      groups.stream().map(g -> "jump " + GroupRules.ingressChain(g)).toList()));
              chains.add(
                  NftChain.plain(
                      sending(nic),
                      groups.stream().map(g -> "jump " + GroupRules.egressChain(g)).toList()));
            });
    return chains;
  }

  private List<NftChain> hopChains() {
    return vpc.interfaces().stream()
        .filter(nic -> nic.metadata() != null)
        .map(nic -> nic.metadata().hopLimit())
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .map(
            hops ->
                NftChain.plain(
                    "hop_" + hops, List.of("ip dscp set cs0 ip ttl set " + hops + " accept")))
        .toList();
  }

  private List<NftChain> hooks() {
    return List.of(
        NftChain.base(
            "spoof",
            "type filter hook prerouting priority raw; policy drop;",
            "iifname { \"lo\", \"gw0\", \"" + UPLINK + "\" } accept",
            "meta nfproto ipv6 drop",
            "iifname . ether saddr . ip saddr @own4 accept",
            "iifname . ether saddr @ownmac ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept",
            "iifname . ether saddr @nocheck"
                + " ip saddr != { 0.0.0.0/8, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3 } accept"),
        NftChain.base(
            "nat_pre",
            "type nat hook prerouting priority dstnat; policy accept;",
            "iifname \"" + UPLINK + "\" dnat ip to ip daddr map @eip_in"),
        NftChain.base(
            "input",
            "type filter hook input priority filter; policy drop;",
            "ct state established,related accept",
            "iifname \"lo\" accept",
            "icmp type echo-request accept",
            "iifname \"" + UPLINK + "\" drop",
            "udp dport { 53, 67 } accept",
            "tcp dport 53 accept",
            "ip daddr " + ServiceAddresses.METADATA + " tcp dport 80 accept",
            "ip daddr " + ServiceAddresses.TIME + " udp dport 123 accept"),
        NftChain.base(
            "egress",
            "type filter hook forward priority filter - 5; policy drop;",
            "iifname \"" + UPLINK + "\" ct state new ct status & dnat == 0 drop",
            "ct state vmap { established : accept, related : accept, invalid : drop }",
            "iifname \"" + UPLINK + "\" accept",
            "iifname vmap @eni_e"),
        NftChain.base(
            "ingress",
            "type filter hook forward priority filter; policy drop;",
            "ct state established,related accept",
            "oifname \"" + UPLINK + "\" accept",
            "oifname vmap @eni_i"),
        NftChain.base(
            "hops",
            "type filter hook output priority mangle; policy accept;",
            "ip saddr "
                + ServiceAddresses.METADATA
                + " tcp sport 80 ip dscp "
                + LIMITED_DSCP
                + " oifname vmap @hop"),
        NftChain.base(
            "nat_post",
            "type nat hook postrouting priority srcnat; policy accept;",
            "oifname \"" + UPLINK + "\" snat ip to ip saddr map @eip_out"),
        NftChain.base(
            "noleak",
            "type filter hook postrouting priority srcnat + 10; policy accept;",
            "oifname \"" + UPLINK + "\" ip saddr " + link + " accept",
            "oifname \"" + UPLINK + "\" ct status & (snat | dnat) == 0 drop"));
  }

  private static Stream<String> addresses(Interface nic) {
    return nic.privateAddresses().stream().map(Ipv4Range::address);
  }

  private static String tap(Interface nic) {
    return "\"" + TapName.of(nic.eniId()) + "\"";
  }

  private static String receiving(Interface nic) {
    return TapName.of(nic.eniId()) + "_i";
  }

  private static String sending(Interface nic) {
    return TapName.of(nic.eniId()) + "_e";
  }

  private static String mac(Interface nic) {
    return new MacAddress(nic.mac()).text();
  }
}
