package io.hanok.network.uplink;

import io.hanok.network.address.Ipv4Range;
import io.hanok.network.address.ServiceAddresses;
import io.hanok.network.nft.NftChain;
import io.hanok.network.nft.NftRuleset;
import io.hanok.network.nft.NftTable;
import io.hanok.network.nft.VpcRuleset;
import io.hanok.network.router.Link;
import java.util.ArrayList;
import java.util.List;

/**
 * Says what the host itself does with packets of its VPCs: one table of ours, beside whatever
 * tables others have.
 */
final class UplinkRuleset {
  private static final String ROUTERS = "\"" + Link.PREFIX + "*\"";

  private UplinkRuleset() {}

  static NftRuleset of(Ipv4Range publicRange, Masquerade masquerade) {
    List<String> translated = new ArrayList<>();
    translated.add("oifname { \"lo\", " + ROUTERS + " } accept");
    // The routers' own questions to the host's resolvers.
    translated.add("ip saddr " + ServiceAddresses.LINKS + " masquerade");
    switch (masquerade) {
      case Masquerade.Auto auto -> translated.add("ip saddr " + publicRange + " masquerade");
      case Masquerade.On on ->
          translated.add("oifname \"" + on.device() + "\" ip saddr " + publicRange + " masquerade");
      case Masquerade.Off off -> {}
    }
    return new NftRuleset(
        List.of(
            new NftTable(
                "inet",
                VpcRuleset.TABLE,
                "host",
                List.of(),
                List.of(
                    NftChain.base(
                        "forward",
                        "type filter hook forward priority filter; policy accept;",
                        "iifname " + ROUTERS + " meta nfproto ipv6 drop",
                        "iifname %s ip saddr != { %s, %s } drop"
                            .formatted(ROUTERS, publicRange, ServiceAddresses.LINKS)),
                    // Guests are served by their VPC's router; nothing that the host itself offers,
                    // on whatever address, is for them.
                    NftChain.base(
                        "input",
                        "type filter hook input priority filter; policy accept;",
                        "iifname " + ROUTERS + " ct state established,related accept",
                        "iifname %s ip saddr %s meta l4proto { tcp, udp } th dport 53 accept"
                            .formatted(ROUTERS, ServiceAddresses.LINKS),
                        "iifname " + ROUTERS + " drop"),
                    // A guest that asks for another one's public address comes back by the link
                    // that it left by; that is no reason to tell it a shorter way.
                    NftChain.base(
                        "output",
                        "type filter hook output priority filter; policy accept;",
                        "oifname " + ROUTERS + " icmp type redirect drop"),
                    new NftChain(
                        "post",
                        "type nat hook postrouting priority srcnat; policy accept;",
                        translated)))));
  }
}
