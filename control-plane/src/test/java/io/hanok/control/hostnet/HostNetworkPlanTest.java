package io.hanok.control.hostnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.ContractJson;
import io.hanok.agent.api.DocumentSpec;
import io.hanok.agent.api.HostNetworkSpec;
import io.hanok.control.hostnet.HostNetworkView.AddressRow;
import io.hanok.control.hostnet.HostNetworkView.InterfaceRow;
import io.hanok.control.hostnet.HostNetworkView.MemberOf;
import io.hanok.control.hostnet.HostNetworkView.MemberRow;
import io.hanok.control.hostnet.HostNetworkView.PublicRow;
import io.hanok.control.hostnet.HostNetworkView.RuleRow;
import io.hanok.control.hostnet.HostNetworkView.SubnetRow;
import io.hanok.control.hostnet.HostNetworkView.VpcRow;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class HostNetworkPlanTest {
  private static final String VPC = "vpc-00000000000000001";
  private static final String PUBLIC_SUBNET = "subnet-00000000000000001";
  private static final String PRIVATE_SUBNET = "subnet-00000000000000002";
  private static final String WEB = "sg-00000000000000001";
  private static final String DB = "sg-00000000000000002";
  private static final String FRONT = "eni-00000000000000001";
  private static final String BACK = "eni-00000000000000002";
  private static final String INSTANCE = "i-00000000000000001";
  private static final String VM = "vm-00000000000000001";

  private static final HostNetworkSpec.Metadata METADATA =
      new HostNetworkSpec.Metadata(
          true, true, 2, Map.of("meta-data/instance-id", INSTANCE), "IyEvYmluL3NoCg==");

  @Test
  void anEmptyHostHasAnEmptyDocument() {
    HostNetworkView nothing =
        new HostNetworkView(
            "198.18.0.0/16",
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            Map.of());
    assertThat(HostNetworkPlan.compose(nothing))
        .isEqualTo(new HostNetworkSpec("198.18.0.0/16", List.of()));
  }

  @Test
  void anInstanceWithTwoInterfacesIsWrittenAsInTheGoldenFile() throws Exception {
    try (var golden = getClass().getResourceAsStream("/hostnet/host-network.json")) {
      assertThat(HostNetworkPlan.compose(view(false)))
          .isEqualTo(ContractJson.mapper().readValue(golden, DocumentSpec.class));
    }
  }

  @Test
  void theOrderOfTheRowsDoesNotMatter() {
    var json = ContractJson.mapper();
    assertThat(json.writeValueAsString(HostNetworkPlan.compose(view(true))))
        .isEqualTo(json.writeValueAsString(HostNetworkPlan.compose(view(false))));
  }

  @Test
  void whatNamesAMissingRowIsLeftOut() {
    HostNetworkView whole = view(false);
    HostNetworkView torn =
        new HostNetworkView(
            whole.publicCidr(),
            whole.vpcs(),
            List.of(whole.subnets().getFirst()),
            whole.interfaces(),
            whole.addresses(),
            whole.publicAddresses(),
            whole.memberships(),
            List.of(),
            List.of(),
            Map.of());
    HostNetworkSpec.Vpc vpc = HostNetworkPlan.compose(torn).vpcs().getFirst();
    assertThat(vpc.interfaces()).extracting(i -> i.eniId().value()).containsExactly(FRONT);
    assertThat(vpc.interfaces().getFirst().metadata()).isNull();
    assertThat(vpc.groups()).extracting(g -> g.groupId().value()).containsExactly(WEB);
    HostNetworkView unaddressed =
        new HostNetworkView(
            whole.publicCidr(),
            whole.vpcs(),
            whole.subnets(),
            whole.interfaces(),
            List.of(),
            List.of(),
            whole.memberships(),
            whole.rules(),
            whole.members(),
            Map.of());
    assertThat(HostNetworkPlan.compose(unaddressed).vpcs().getFirst().interfaces()).isEmpty();
  }

  /** A web server with a public front and a private back; the database's group is elsewhere. */
  private static HostNetworkView view(boolean reversed) {
    return new HostNetworkView(
        "198.18.0.0/16",
        List.of(new VpcRow(VPC, 4096, "10.0.0.0/16", "home-1.compute.internal")),
        turned(
            reversed,
            List.of(
                new SubnetRow(PUBLIC_SUBNET, VPC, "10.0.0.0/24", true),
                new SubnetRow(PRIVATE_SUBNET, VPC, "10.0.1.0/24", false))),
        turned(
            reversed,
            List.of(
                new InterfaceRow(
                    FRONT, VM, INSTANCE, VPC, PUBLIC_SUBNET, "0a:00:00:00:00:01", 0, true),
                new InterfaceRow(
                    BACK, VM, INSTANCE, VPC, PRIVATE_SUBNET, "0a:00:00:00:00:02", 1, false))),
        turned(
            reversed,
            List.of(
                new AddressRow(FRONT, "10.0.0.4", false),
                new AddressRow(FRONT, "10.0.0.5", true),
                new AddressRow(BACK, "10.0.1.5", true))),
        List.of(new PublicRow(FRONT, "10.0.0.5", "198.18.0.9")),
        turned(reversed, List.of(new MemberOf(FRONT, WEB), new MemberOf(BACK, WEB))),
        turned(
            reversed,
            List.of(
                new RuleRow(
                    "sgr-00000000000000001", WEB, false, "tcp", 443, 443, "0.0.0.0/0", null),
                new RuleRow("sgr-00000000000000002", WEB, false, "icmp", 8, -1, null, DB),
                new RuleRow(
                    "sgr-00000000000000003", WEB, true, "-1", null, null, "0.0.0.0/0", null),
                new RuleRow("sgr-00000000000000004", DB, false, "tcp", 5432, 5432, null, WEB))),
        turned(
            reversed,
            List.of(
                new MemberRow(DB, "10.0.1.77"),
                new MemberRow(WEB, "10.0.0.4"),
                new MemberRow(WEB, "10.0.0.5"),
                new MemberRow(WEB, "10.0.1.5"))),
        Map.of(INSTANCE, METADATA));
  }

  private static <T> List<T> turned(boolean reversed, List<T> rows) {
    return reversed ? rows.reversed() : rows;
  }
}
