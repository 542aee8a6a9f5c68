package io.hanok.network.router;

import static io.hanok.network.Documents.nic;
import static io.hanok.network.Documents.vpc;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.id.VpcId;
import io.hanok.network.Documents;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RouterPlanTest {
  private static final String TAP = "e00000000000005";
  private static final RouterState NOTHING = new RouterState(Map.of(), Set.of(), Set.of());
  private static final RouterState WANTED =
      RouterPlan.wanted(vpc(1, List.of(), nic(5, 2, "10.0.1.5")), new Link(vpc(1), 0), Set.of(TAP));

  @Test
  void aTapIsReachedByItsNeighbourAndARouteFromItsGateway() {
    List<String> lines = RouterPlan.changes(NOTHING, WANTED);
    assertThat(lines)
        .contains(
            "link set e00000000000005 mtu 1450",
            "neigh replace 10.0.1.5 lladdr 0a:00:00:00:00:05 dev e00000000000005 nud permanent",
            "route replace 10.0.1.5 dev e00000000000005 src 10.0.1.1",
            "route replace unreachable 10.0.0.0/16 metric 4000",
            "addr add 10.0.1.1/24 dev gw0 noprefixroute");
    assertThat(lines.getLast()).isEqualTo("route replace default via 169.254.64.0 dev up0");
    assertThat(lines.indexOf("link add gw0 type bridge"))
        .isLessThan(lines.indexOf("addr add 10.0.1.1/24 dev gw0 noprefixroute"));
  }

  @Test
  void nothingIsDoneTwice() {
    assertThat(RouterPlan.changes(WANTED, WANTED)).isEmpty();
  }

  @Test
  void anInterfaceThatWentTakesItsTapAlong() {
    RouterState without = RouterPlan.wanted(vpc(1, List.of()), new Link(vpc(1), 0), Set.of());
    assertThat(RouterPlan.changes(WANTED, without)).containsExactly("link del " + TAP);
  }

  @Test
  void aGatewayThatWentHasAllRoutesSetAgain() {
    RouterState.Device gateway = WANTED.devices().get("gw0");
    var addresses = new java.util.HashSet<>(gateway.addresses());
    addresses.add("10.0.9.1/24");
    var devices = new java.util.HashMap<>(WANTED.devices());
    devices.put("gw0", new RouterState.Device(gateway.mac(), gateway.mtu(), true, addresses));
    List<String> lines =
        RouterPlan.changes(new RouterState(devices, WANTED.routes(), WANTED.neighbours()), WANTED);
    assertThat(lines).startsWith("addr del 10.0.9.1/24 dev gw0");
    assertThat(lines).contains("route replace 10.0.1.5 dev e00000000000005 src 10.0.1.1");
  }

  @Test
  void moreVpcsThanPairsKeepWhatTheyHaveAndOnlyTheRestGoesWithout() {
    List<VpcId> vpcs = IntStream.rangeClosed(1, Link.PAIRS + 2).mapToObj(Documents::vpc).toList();
    VpcId last = vpcs.getLast();
    var links =
        Link.assign(vpcs, Map.of(Link.device(last), "169.254.64.2", "hvgone", "169.254.64.0"));
    assertThat(links).hasSize(Link.PAIRS - 1);
    assertThat(links.get(last).index()).isEqualTo(1);
    assertThat(links.values().stream().map(Link::index).distinct()).hasSize(Link.PAIRS - 1);
    assertThat(links).doesNotContainKey(vpcs.get(Link.PAIRS));

    var later = Link.assign(vpcs, Map.of(Link.device(last), "169.254.64.2"));
    assertThat(later).as("a pair was given back").hasSize(Link.PAIRS);
  }

  @Test
  void aLinkKeepsItsAddressesAndANewOneTakesTheLowestFree() {
    var links =
        Link.assign(
            List.of(vpc(1), vpc(2), vpc(3)),
            Map.of(Link.device(vpc(2)), "169.254.64.0", "hvother", "169.254.64.4"));
    assertThat(links.get(vpc(2)).index()).isEqualTo(0);
    assertThat(links.get(vpc(1)).index()).isEqualTo(1);
    assertThat(links.get(vpc(3)).index()).isEqualTo(3);
    assertThat(links.get(vpc(3)).routerAddress()).isEqualTo("169.254.64.7");
    assertThat(links.get(vpc(1)).device()).hasSizeLessThanOrEqualTo(15);
  }
}
