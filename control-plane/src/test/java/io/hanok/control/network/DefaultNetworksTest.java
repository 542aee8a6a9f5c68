package io.hanok.control.network;

import static io.hanok.control.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hanok.control.ControlPlaneTest;
import io.hanok.control.TestClouds;
import io.hanok.control.identity.Accounts;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.Cidr4;
import io.hanok.control.shared.CloudException;
import java.util.List;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.context.TestPropertySource;
import org.springframework.transaction.support.TransactionTemplate;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.InternetGateway;
import software.amazon.awssdk.services.ec2.model.NetworkAclEntry;
import software.amazon.awssdk.services.ec2.model.Route;
import software.amazon.awssdk.services.ec2.model.VpcAttributeName;

/** Apart from the tests that count zones: this one makes some. */
@ControlPlaneTest
@TestPropertySource(properties = "hanok.public-cidr=198.18.7.0/29")
class DefaultNetworksTest {
  @LocalServerPort int port;
  @Autowired Accounts accounts;
  @Autowired Subnets subnets;
  @Autowired JdbcClient jdbc;
  @Autowired TransactionTemplate transactions;
  @Autowired ApplicationEventPublisher events;

  private TestNetworks networks;
  private Accounts.Credentials ann;
  private Caller annCalls;
  private Ec2Client ec2;

  @BeforeEach
  void anAccountInARegionWithOneZone() {
    networks = new TestNetworks(jdbc, transactions, events);
    networks.zone("home-1a");
    ann = accounts.create("ann", false);
    annCalls = new Caller(ann.accountId(), ann.accessKeyId(), false);
    ec2 = TestClouds.ec2(port, ann);
  }

  @AfterEach
  void close() {
    networks.forget();
    ec2.close();
  }

  @Test
  void aNewAccountHasADefaultVpcThatReachesTheInternet() {
    var vpc = ec2.describeVpcs(r -> r.filters(filter("is-default", "true"))).vpcs().getFirst();
    assertThat(vpc.cidrBlock()).isEqualTo("172.31.0.0/16");
    assertThat(vpc.stateAsString()).isEqualTo("available");
    assertThat(vpc.cidrBlockAssociationSet()).hasSize(1);
    assertThat(vpc.ownerId()).isEqualTo(ann.accountId());
    assertThat(attribute(vpc.vpcId(), VpcAttributeName.ENABLE_DNS_HOSTNAMES)).isTrue();
    assertThat(attribute(vpc.vpcId(), VpcAttributeName.ENABLE_DNS_SUPPORT)).isTrue();
    assertThat(attribute(vpc.vpcId(), VpcAttributeName.ENABLE_NETWORK_ADDRESS_USAGE_METRICS))
        .isFalse();

    InternetGateway gateway =
        ec2.describeInternetGateways(r -> r.filters(filter("attachment.vpc-id", vpc.vpcId())))
            .internetGateways()
            .getFirst();
    assertThat(gateway.attachments().getFirst().stateAsString()).isEqualTo("available");

    var table =
        ec2.describeRouteTables(
                r -> r.filters(filter("vpc-id", vpc.vpcId()), filter("association.main", "true")))
            .routeTables()
            .getFirst();
    assertThat(table.associations().getFirst().main()).isTrue();
    assertThat(table.routes())
        .extracting(Route::destinationCidrBlock, Route::gatewayId, Route::stateAsString)
        .containsExactlyInAnyOrder(
            tuple("172.31.0.0/16", "local", "active"),
            tuple("0.0.0.0/0", gateway.internetGatewayId(), "active"));

    var options =
        ec2.describeDhcpOptions(r -> r.dhcpOptionsIds(vpc.dhcpOptionsId()))
            .dhcpOptions()
            .getFirst();
    assertThat(options.dhcpConfigurations())
        .extracting(c -> c.key(), c -> c.values().getFirst().value())
        .containsExactly(
            tuple("domain-name", "home-1.compute.internal"),
            tuple("domain-name-servers", "AmazonProvidedDNS"));
  }

  @Test
  void itsNetworkAclAllowsEverythingAndServesEachSubnet() {
    var acl =
        ec2.describeNetworkAcls(
                r -> r.filters(filter("default", "true"), filter("entry.egress", "true")))
            .networkAcls()
            .getFirst();
    assertThat(acl.entries())
        .extracting(
            NetworkAclEntry::egress,
            NetworkAclEntry::ruleNumber,
            NetworkAclEntry::ruleActionAsString)
        .containsExactly(
            tuple(true, 100, "allow"),
            tuple(true, 32767, "deny"),
            tuple(false, 100, "allow"),
            tuple(false, 32767, "deny"));
    assertThat(acl.associations())
        .extracting(a -> a.subnetId())
        .contains(networks.subnet(annCalls, "home-1a"));
  }

  @Test
  void aZoneThatAppearsBringsEachAccountASubnet() {
    Accounts.Credentials bob = accounts.create("bob", false);
    networks.zone("home-1b");
    networks.zone("home-1b");
    for (Accounts.Credentials each : List.of(ann, bob)) {
      try (Ec2Client theirs = TestClouds.ec2(port, each)) {
        var found =
            theirs
                .describeSubnets(r -> r.filters(filter("availability-zone", "home-1b")))
                .subnets();
        assertThat(found).hasSize(1);
        assertThat(Cidr4.of(found.getFirst().cidrBlock()).prefix()).isEqualTo(20);
        assertThat(Cidr4.of("172.31.0.0/16").overlaps(Cidr4.of(found.getFirst().cidrBlock())))
            .isTrue();
        assertThat(found.getFirst().availableIpAddressCount()).isEqualTo(4091);
        assertThat(found.getFirst().mapPublicIpOnLaunch()).isTrue();
        assertThat(found.getFirst().availabilityZoneId()).isEqualTo("home1-az2");
      }
    }
  }

  @Test
  void aLaunchThatNamesNoSubnetGetsTheDefaultOne() {
    assertThat(subnets.resolve(annCalls, null, "home-1a").id())
        .isEqualTo(networks.subnet(annCalls, "home-1a"));
    assertThat(subnets.resolve(annCalls, networks.subnet(annCalls, "home-1a"), null).zone())
        .isEqualTo("home-1a");
  }

  @Test
  void aSubnetThatCannotBeUsedIsRefusedInEc2sWords() {
    String subnet = networks.subnet(annCalls, "home-1a");
    networks.zone("home-1c");
    refuses("InvalidParameterCombination", () -> subnets.resolve(annCalls, subnet, "home-1c"));
    refuses("InvalidParameterValue", () -> subnets.resolve(annCalls, null, "home-1z"));
    refuses("InvalidSubnetID.NotFound", () -> subnets.resolve(annCalls, "subnet-1", null));
    // A zone that appeared to nobody yet.
    jdbc.sql("INSERT INTO zone (name) VALUES ('home-1x') ON CONFLICT DO NOTHING").update();
    refuses("MissingInput", () -> subnets.resolve(annCalls, null, "home-1x"));
    jdbc.sql("DELETE FROM zone WHERE name = 'home-1x'").update();
    Caller nobody = new Caller("000000000099", "x", false);
    refuses("VPCIdNotSpecified", () -> subnets.resolve(nobody, null, null));
    refuses("InvalidSubnetID.NotFound", () -> subnets.resolve(nobody, subnet, null));
  }

  @Test
  void anotherAccountSeesNothingOfIt() {
    Accounts.Credentials bob = accounts.create("bob", false);
    String vpc = networks.vpc(annCalls);
    String subnet = networks.subnet(annCalls, "home-1a");
    try (Ec2Client bobs = TestClouds.ec2(port, bob)) {
      assertThat(bobs.describeVpcs().vpcs()).extracting(v -> v.vpcId()).doesNotContain(vpc);
      assertRefused("InvalidVpcID.NotFound", () -> bobs.describeVpcs(r -> r.vpcIds(vpc)));
      assertRefused(
          "InvalidVpcID.NotFound",
          () ->
              bobs.describeVpcAttribute(
                  r -> r.vpcId(vpc).attribute(VpcAttributeName.ENABLE_DNS_SUPPORT)));
      assertRefused(
          "InvalidSubnetID.NotFound", () -> bobs.describeSubnets(r -> r.subnetIds(subnet)));
      for (String of : List.of("internet_gateway", "route_table", "network_acl", "dhcp_options")) {
        String id =
            jdbc.sql("SELECT id FROM " + of + " WHERE account_id = :account")
                .param("account", ann.accountId())
                .query(String.class)
                .single();
        switch (of) {
          case "internet_gateway" ->
              assertRefused(
                  "InvalidInternetGatewayID.NotFound",
                  () -> bobs.describeInternetGateways(r -> r.internetGatewayIds(id)));
          case "route_table" ->
              assertRefused(
                  "InvalidRouteTableID.NotFound",
                  () -> bobs.describeRouteTables(r -> r.routeTableIds(id)));
          case "network_acl" ->
              assertRefused(
                  "InvalidNetworkAclID.NotFound",
                  () -> bobs.describeNetworkAcls(r -> r.networkAclIds(id)));
          default ->
              assertRefused(
                  "InvalidDhcpOptionID.NotFound",
                  () -> bobs.describeDhcpOptions(r -> r.dhcpOptionsIds(id)));
        }
      }
    }
  }

  @Test
  void malformedRequestsAreRefused() {
    assertRefused("InvalidVpcID.NotFound", () -> ec2.describeVpcs(r -> r.vpcIds("vpc-x")));
    assertRefused(
        "InvalidParameterValue", () -> ec2.describeVpcs(r -> r.filters(filter("nonsense", "1"))));
    assertRefused(
        "InvalidParameterValue",
        () -> ec2.describeSubnets(r -> r.filters(filter("default-for-az", "perhaps"))));
    assertRefused("InvalidNextToken", () -> ec2.describeRouteTables(r -> r.nextToken("***")));
    assertRefused(
        "InvalidParameterValue", () -> ec2.describeNetworkAcls(r -> r.maxResults(100_000)));
    assertRefused(
        "InvalidParameterValue",
        () -> ec2.describeVpcAttribute(r -> r.vpcId(networks.vpc(annCalls)).attribute("size")));
  }

  @Test
  void filtersAreTriedOnEachKindOfColumn() {
    String vpc = networks.vpc(annCalls);
    assertThat(ec2.describeVpcs(r -> r.filters(filter("cidr", "172.31.*"))).vpcs())
        .extracting(v -> v.vpcId())
        .containsExactly(vpc);
    assertThat(ec2.describeVpcs(r -> r.filters(filter("cidr", "not a range"))).vpcs()).isEmpty();
    assertThat(ec2.describeVpcs(r -> r.filters(filter("state", "pending"))).vpcs()).isEmpty();
    assertThat(
            ec2.describeRouteTables(
                    r -> r.filters(filter("route.destination-cidr-block", "0.0.0.0/0")))
                .routeTables())
        .hasSize(1);
    assertThat(
            ec2.describeNetworkAcls(
                    r ->
                        r.filters(
                            filter("entry.rule-number", "100"), filter("entry.cidr", "0.0.0.0/0")))
                .networkAcls())
        .hasSize(1);
    assertThat(ec2.describeDhcpOptions(r -> r.filters(filter("key", "domain-name"))).dhcpOptions())
        .hasSize(1);
  }

  @Test
  void theNextSubnetIsTheLowestThatIsFree() {
    Cidr4 range = Cidr4.of("10.0.0.0/18");
    assertThat(DefaultSubnets.nextFree(range, List.of())).contains(Cidr4.of("10.0.0.0/20"));
    assertThat(DefaultSubnets.nextFree(range, List.of(Cidr4.of("10.0.0.128/25"))))
        .contains(Cidr4.of("10.0.16.0/20"));
    assertThat(DefaultSubnets.nextFree(range, List.of(Cidr4.of("10.0.0.0/18")))).isEmpty();
  }

  private boolean attribute(String vpc, VpcAttributeName name) {
    var answer = ec2.describeVpcAttribute(r -> r.vpcId(vpc).attribute(name));
    return switch (name) {
      case ENABLE_DNS_HOSTNAMES -> answer.enableDnsHostnames().value();
      case ENABLE_DNS_SUPPORT -> answer.enableDnsSupport().value();
      case ENABLE_NETWORK_ADDRESS_USAGE_METRICS ->
          answer.enableNetworkAddressUsageMetrics().value();
      case UNKNOWN_TO_SDK_VERSION -> throw new IllegalArgumentException();
    };
  }

  private static Filter filter(String name, String... values) {
    return Filter.builder().name(name).values(values).build();
  }

  private static void refuses(String code, Runnable call) {
    Assertions.assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(
            CloudException.class, e -> assertThat(e.code().code()).isEqualTo(code));
  }
}
