package io.hanok.network.nft;

import static io.hanok.network.Documents.EVERYTHING;
import static io.hanok.network.Documents.from;
import static io.hanok.network.Documents.group;
import static io.hanok.network.Documents.nic;
import static io.hanok.network.Documents.open;
import static io.hanok.network.Documents.vpc;
import static io.hanok.network.Documents.withPublic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.network.RandomVpc;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NftPlanTest {
  private static final String LINK = "169.254.64.1";

  @Test
  void aDeltaLeadsToWhatALoadWouldGive() {
    Random random = new Random(11);
    int inPlace = 0;
    for (int round = 0; round < 400; round++) {
      NftRuleset before = VpcRuleset.of(RandomVpc.draw(random), LINK);
      NftRuleset after = VpcRuleset.of(RandomVpc.draw(random), LINK);
      NftModel model = NftModel.loaded(before);
      List<NftCommand> delta = NftPlan.between(before, after).orElseThrow();
      model.apply(delta);
      assertThat(model).isEqualTo(NftModel.loaded(after));
      inPlace += delta.isEmpty() ? 0 : 1;
    }
    assertThat(inPlace).isGreaterThan(300);
  }

  @Test
  void nothingIsDoneWhereNothingChanged() {
    Vpc vpc = RandomVpc.draw(new Random(3));
    assertThat(NftPlan.between(VpcRuleset.of(vpc, LINK), VpcRuleset.of(vpc, LINK)))
        .contains(List.of());
  }

  @Test
  void aMemberMoreIsOneElement() {
    var nic = nic(5, 1, "10.0.0.5", 1);
    var before = VpcRuleset.of(vpc(1, List.of(open(1, List.of(), "10.0.0.5")), nic), LINK);
    var after =
        VpcRuleset.of(vpc(1, List.of(open(1, List.of(), "10.0.0.5", "10.0.0.6")), nic), LINK);
    assertThat(NftPlan.text(NftPlan.between(before, after).orElseThrow()))
        .isEqualTo(
            """
            delete chain inet hanok %s
            add element inet hanok m_00000000000000001 { 10.0.0.6 }
            add chain inet hanok %s
            """
                .formatted(before.marker(), after.marker()));
  }

  @Test
  void aPublicAddressMovesInOneTransaction() {
    var a = nic(5, 1, "10.0.0.5", 1);
    var b = nic(6, 1, "10.0.0.6", 1);
    var groups = List.of(open(1, List.of(EVERYTHING), "10.0.0.5", "10.0.0.6"));
    var before = VpcRuleset.of(vpc(1, groups, withPublic(a, "198.18.0.5"), b), LINK);
    var after = VpcRuleset.of(vpc(1, groups, a, withPublic(b, "198.18.0.5")), LINK);
    assertThat(NftPlan.text(NftPlan.between(before, after).orElseThrow()))
        .contains(
            "delete element inet hanok eip_in { 198.18.0.5 }",
            "add element inet hanok eip_in { 198.18.0.5 : 10.0.0.6 }");
  }

  @Test
  void anotherHookNeedsAWholeLoad() {
    var before = VpcRuleset.of(vpc(1, List.of(), nic(5, 1, "10.0.0.5")), LINK);
    var table =
        new NftTable("inet", "hanok", "vpc", List.of(), List.of(NftChain.base("spoof", "type x;")));
    assertThat(NftPlan.between(before, new NftRuleset(List.of(table)))).isEmpty();
  }

  @Test
  void whatIsNoAddressOrPortNeverReachesNft() {
    var evil = nic(5, 1, "10.0.0.5; flush ruleset", 1);
    assertThatThrownBy(() -> VpcRuleset.of(vpc(1, List.of(), evil), LINK))
        .isInstanceOf(IllegalArgumentException.class);
    for (var rule :
        List.of(
            from("tcp", 80, 79, "0.0.0.0/0"),
            from("tcp", 80, 80, "10.0.0.0/33"),
            from("tcp accept", 80, 80, "0.0.0.0/0"),
            from("300", null, null, "0.0.0.0/0"),
            from("icmp", 256, -1, group(1)))) {
      var group = open(1, List.of(rule));
      assertThatThrownBy(() -> VpcRuleset.of(vpc(1, List.of(group)), LINK))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }
}
