package io.hanok.control.securitygroup;

import static io.hanok.control.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hanok.control.ControlPlaneTest;
import io.hanok.control.TestClouds;
import io.hanok.control.identity.Accounts;
import io.hanok.control.network.NetworkInterfaces;
import io.hanok.control.network.TestNetworks;
import io.hanok.control.shared.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.SecurityGroup;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRule;
import software.amazon.awssdk.services.ec2.model.Tag;

@ControlPlaneTest
class SecurityGroupsTest {
  private static final String ZONE = "home-1a";

  @LocalServerPort int port;
  @Autowired Accounts accounts;
  @Autowired NetworkInterfaces interfaces;
  @Autowired JdbcClient jdbc;
  @Autowired TransactionTemplate transactions;
  @Autowired ApplicationEventPublisher events;

  private TestNetworks networks;
  private Caller ann;
  private Ec2Client ec2;
  private Ec2Client bobs;

  @BeforeEach
  void twoAccounts() {
    networks = new TestNetworks(jdbc, transactions, events);
    networks.zone(ZONE);
    Accounts.Credentials credentials = accounts.create("ann", false);
    ann = new Caller(credentials.accountId(), credentials.accessKeyId(), false);
    ec2 = TestClouds.ec2(port, credentials);
    bobs = TestClouds.ec2(port, accounts.create("bob", false));
  }

  @AfterEach
  void close() {
    networks.forget();
    ec2.close();
    bobs.close();
  }

  @Test
  void theDefaultGroupLetsItsMembersInAndEverythingOut() {
    SecurityGroup group =
        ec2.describeSecurityGroups(r -> r.groupNames("default")).securityGroups().getFirst();
    assertThat(group.description()).isEqualTo("default VPC security group");
    assertThat(group.ipPermissions()).hasSize(1);
    assertThat(group.ipPermissions().getFirst().ipProtocol()).isEqualTo("-1");
    assertThat(group.ipPermissions().getFirst().userIdGroupPairs().getFirst().groupId())
        .isEqualTo(group.groupId());
    assertThat(group.ipPermissionsEgress().getFirst().ipRanges().getFirst().cidrIp())
        .isEqualTo("0.0.0.0/0");
    assertRefused("CannotDelete", () -> ec2.deleteSecurityGroup(r -> r.groupId(group.groupId())));
  }

  @Test
  void aGroupIsMadeFilledDescribedAndDeleted() {
    String group =
        ec2.createSecurityGroup(
                r ->
                    r.groupName("web")
                        .description("Web servers")
                        .tagSpecifications(
                            t ->
                                t.resourceType("security-group")
                                    .tags(Tag.builder().key("Name").value("front").build())))
            .groupId();
    var added =
        ec2.authorizeSecurityGroupIngress(
            r ->
                r.groupId(group)
                    .ipPermissions(
                        IpPermission.builder()
                            .ipProtocol("tcp")
                            .fromPort(80)
                            .toPort(80)
                            .ipRanges(
                                IpRange.builder().cidrIp("10.0.0.5/24").description("near").build(),
                                IpRange.builder().cidrIp("0.0.0.0/0").build())
                            .userIdGroupPairs(p -> p.groupName("default"))
                            .build())
                    .tagSpecifications(
                        t ->
                            t.resourceType("security-group-rule")
                                .tags(Tag.builder().key("why").value("http").build())));
    assertThat(added.returnValue()).isTrue();
    assertThat(added.securityGroupRules())
        .extracting(SecurityGroupRule::cidrIpv4, SecurityGroupRule::isEgress)
        .containsExactly(
            tuple("10.0.0.0/24", false), tuple("0.0.0.0/0", false), tuple(null, false));
    assertThat(added.securityGroupRules().getFirst().tags()).hasSize(1);

    ec2.authorizeSecurityGroupIngress(
        r -> r.groupName("web").ipProtocol("tcp").fromPort(22).toPort(22).cidrIp("1.2.3.4/32"));
    SecurityGroup shown = describe(group);
    assertThat(shown.tags()).containsExactly(Tag.builder().key("Name").value("front").build());
    assertThat(shown.ipPermissions()).hasSize(2);
    IpPermission http =
        shown.ipPermissions().stream().filter(p -> p.fromPort() == 80).findFirst().orElseThrow();
    assertThat(http.ipRanges())
        .extracting(IpRange::cidrIp, IpRange::description)
        .containsExactlyInAnyOrder(tuple("10.0.0.0/24", "near"), tuple("0.0.0.0/0", null));
    assertThat(http.userIdGroupPairs().getFirst().groupId()).isEqualTo(networks.defaultGroup(ann));

    ec2.deleteSecurityGroup(r -> r.groupId(group));
    assertRefused(
        "InvalidGroup.NotFound", () -> ec2.describeSecurityGroups(r -> r.groupIds(group)));
    assertThat(
            jdbc.sql("SELECT count(*) FROM tag WHERE account_id = :account")
                .param("account", ann.accountId())
                .query(Long.class)
                .single())
        .isZero();
  }

  @Test
  void filtersFindGroupsByTheirRules() {
    String web = group("web");
    String db = group("db");
    ec2.authorizeSecurityGroupIngress(r -> r.groupId(web).ipPermissions(tcp(80, "10.0.0.0/8")));
    ec2.authorizeSecurityGroupIngress(
        r ->
            r.groupId(db)
                .ipPermissions(
                    p ->
                        p.ipProtocol("tcp")
                            .fromPort(5432)
                            .toPort(5432)
                            .userIdGroupPairs(g -> g.groupId(web))));
    assertThat(found("ip-permission.cidr", "10.0.0.0/8")).containsExactly(web);
    assertThat(found("ip-permission.from-port", "5432")).containsExactly(db);
    assertThat(found("ip-permission.group-id", web)).containsExactly(db);
    assertThat(found("ip-permission.group-name", "we?")).containsExactly(db);
    assertThat(found("ip-permission.user-id", ann.accountId()))
        .containsExactlyInAnyOrder(db, networks.defaultGroup(ann));
    assertThat(found("egress.ip-permission.to-port", "5432")).isEmpty();
    assertThat(found("group-name", "web", "db")).containsExactlyInAnyOrder(web, db);
    assertThat(found("vpc-id", networks.vpc(ann))).hasSize(3);
    assertThat(bobs.describeSecurityGroups().securityGroups()).hasSize(1);
  }

  @Test
  void aRuleExistsOnce() {
    String group = group("web");
    ec2.authorizeSecurityGroupIngress(r -> r.groupId(group).ipPermissions(tcp(22, "0.0.0.0/0")));
    assertRefused(
        "InvalidPermission.Duplicate",
        () ->
            ec2.authorizeSecurityGroupIngress(
                r -> r.groupId(group).ipPermissions(tcp(22, "9.9.9.9/0"))));
    assertRefused(
        "InvalidParameterValue",
        () ->
            ec2.authorizeSecurityGroupIngress(
                r -> r.groupId(group).ipPermissions(tcp(23, "0.0.0.0/0"), tcp(23, "0.0.0.0/0"))));
    ec2.authorizeSecurityGroupEgress(r -> r.groupId(group).ipPermissions(tcp(22, "0.0.0.0/0")));
    assertThat(rulesOf(group)).hasSize(3);
  }

  @Test
  void ofManyWhoAddTheSameRuleAtOnceOneDoes() throws Exception {
    String group = group("web");
    List<Callable<String>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(
          () -> {
            try {
              ec2.authorizeSecurityGroupIngress(
                  r -> r.groupId(group).ipPermissions(tcp(22, "0.0.0.0/0")));
              return "added";
            } catch (Ec2Exception e) {
              return e.awsErrorDetails().errorCode();
            }
          });
    }
    List<String> answers = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (var answer : threads.invokeAll(calls)) {
        answers.add(answer.get());
      }
    }
    assertThat(answers).filteredOn("added"::equals).hasSize(1);
    assertThat(answers).filteredOn("InvalidPermission.Duplicate"::equals).hasSize(7);
  }

  @Test
  void aGroupHasSixtyRulesInADirection() {
    String group = group("many");
    ec2.authorizeSecurityGroupIngress(
        r ->
            r.groupId(group)
                .ipPermissions(
                    IntStream.range(0, 60).mapToObj(i -> tcp(i, "10.0.0.0/8")).toList()));
    assertRefused(
        "RulesPerSecurityGroupLimitExceeded",
        () ->
            ec2.authorizeSecurityGroupIngress(
                r -> r.groupId(group).ipPermissions(tcp(60, "10.0.0.0/8"))));
    ec2.authorizeSecurityGroupEgress(r -> r.groupId(group).ipPermissions(tcp(60, "10.0.0.0/8")));
  }

  @Test
  void rulesAreRevokedByWhatTheyAllowOrByTheirIds() {
    String group = group("web");
    var added =
        ec2.authorizeSecurityGroupIngress(
                r ->
                    r.groupId(group)
                        .ipPermissions(
                            tcp(22, "10.0.0.0/8"), tcp(80, "10.0.0.0/8"), tcp(81, "10.0.0.0/8")))
            .securityGroupRules();
    ec2.revokeSecurityGroupIngress(
        r -> r.groupId(group).ipProtocol("tcp").fromPort(22).toPort(22).cidrIp("10.1.2.3/8"));
    assertRefused(
        "InvalidSecurityGroupRuleId.NotFound",
        () ->
            ec2.revokeSecurityGroupEgress(
                r -> r.groupId(group).securityGroupRuleIds(added.get(1).securityGroupRuleId())));
    ec2.revokeSecurityGroupIngress(
        r -> r.groupId(group).securityGroupRuleIds(added.get(1).securityGroupRuleId()));
    assertThat(describe(group).ipPermissions())
        .extracting(IpPermission::fromPort)
        .containsExactly(81);

    // In a default VPC EC2 only lists what it did not know; elsewhere it refuses.
    assertThat(
            ec2.revokeSecurityGroupIngress(
                    r -> r.groupId(group).ipPermissions(tcp(99, "10.0.0.0/8")))
                .unknownIpPermissions())
        .hasSize(1);
    jdbc.sql("UPDATE vpc SET is_default = false WHERE id = :id")
        .param("id", networks.vpc(ann))
        .update();
    assertRefused(
        "InvalidPermission.NotFound",
        () ->
            ec2.revokeSecurityGroupIngress(
                r -> r.groupId(group).ipPermissions(tcp(99, "10.0.0.0/8"))));
  }

  @Test
  void rulesAreChangedAndDescribedInPlace() {
    String group = group("web");
    String rule =
        ec2.authorizeSecurityGroupIngress(
                r -> r.groupId(group).ipPermissions(tcp(22, "10.0.0.0/8"), tcp(23, "10.0.0.0/8")))
            .securityGroupRules()
            .getFirst()
            .securityGroupRuleId();
    ec2.modifySecurityGroupRules(
        r ->
            r.groupId(group)
                .securityGroupRules(
                    u ->
                        u.securityGroupRuleId(rule)
                            .securityGroupRule(
                                n ->
                                    n.ipProtocol("tcp")
                                        .fromPort(2222)
                                        .toPort(2222)
                                        .cidrIpv4("11.0.0.0/8")
                                        .description("moved"))));
    ec2.updateSecurityGroupRuleDescriptionsIngress(
        r ->
            r.groupId(group)
                .securityGroupRuleDescriptions(
                    d -> d.securityGroupRuleId(rule).description("moved again")));
    SecurityGroupRule shown =
        ec2.describeSecurityGroupRules(r -> r.securityGroupRuleIds(rule))
            .securityGroupRules()
            .getFirst();
    assertThat(shown.fromPort()).isEqualTo(2222);
    assertThat(shown.cidrIpv4()).isEqualTo("11.0.0.0/8");
    assertThat(shown.description()).isEqualTo("moved again");
    assertThat(shown.groupOwnerId()).isEqualTo(ann.accountId());
    assertRefused(
        "InvalidPermission.Duplicate",
        () ->
            ec2.modifySecurityGroupRules(
                r ->
                    r.groupId(group)
                        .securityGroupRules(
                            u ->
                                u.securityGroupRuleId(rule)
                                    .securityGroupRule(
                                        n ->
                                            n.ipProtocol("tcp")
                                                .fromPort(23)
                                                .toPort(23)
                                                .cidrIpv4("10.0.0.0/8")))));
    ec2.updateSecurityGroupRuleDescriptionsEgress(
        r ->
            r.groupId(group)
                .ipPermissions(
                    p ->
                        p.ipProtocol("-1")
                            .ipRanges(i -> i.cidrIp("0.0.0.0/0").description("out"))));
    assertThat(rulesOf(group)).extracting(SecurityGroupRule::description).contains("out");
  }

  @Test
  void aGroupInUseStays() {
    String used = group("used");
    String named = group("named");
    String naming = group("naming");
    String instance = networks.instance(ann, ZONE);
    interfaces.createFor(
        ann,
        instance,
        new NetworkInterfaces.NewInterface(
            networks.subnet(ann, ZONE), null, List.of(used), "", false, true, 0));
    ec2.authorizeSecurityGroupIngress(
        r ->
            r.groupId(naming)
                .ipPermissions(p -> p.ipProtocol("-1").userIdGroupPairs(g -> g.groupId(named))));
    assertRefused("DependencyViolation", () -> ec2.deleteSecurityGroup(r -> r.groupId(used)));
    assertRefused("DependencyViolation", () -> ec2.deleteSecurityGroup(r -> r.groupId(named)));
    interfaces.releaseOf(instance);
    for (String group : List.of(used, naming, named)) {
      ec2.deleteSecurityGroup(r -> r.groupId(group));
    }
  }

  @Test
  void aRuleReachesTheHostsOfItsGroupAndOfThoseWhoNameIt() {
    String here = networks.host(ZONE);
    String there = networks.host(ZONE);
    networks.host(ZONE);
    String group = group("web");
    String naming = group("naming");
    ec2.authorizeSecurityGroupIngress(
        r ->
            r.groupId(naming)
                .ipPermissions(p -> p.ipProtocol("-1").userIdGroupPairs(g -> g.groupId(group))));
    launch(here, group);
    launch(there, naming);
    networks.woken();

    String rule =
        ec2.authorizeSecurityGroupIngress(r -> r.groupId(group).ipPermissions(tcp(22, "0.0.0.0/0")))
            .securityGroupRules()
            .getFirst()
            .securityGroupRuleId();
    assertThat(networks.woken()).containsExactlyInAnyOrder(here, there);
    ec2.revokeSecurityGroupIngress(r -> r.groupId(group).securityGroupRuleIds(rule));
    assertThat(networks.woken()).containsExactlyInAnyOrder(here, there);
    assertRefused(
        "DryRunOperation",
        () ->
            ec2.authorizeSecurityGroupIngress(
                r -> r.dryRun(true).groupId(group).ipPermissions(tcp(22, "0.0.0.0/0"))));
    assertThat(networks.woken()).isEmpty();
  }

  @Test
  void anotherAccountsGroupIsNotThere() {
    String group = group("web");
    String vpc = networks.vpc(ann);
    assertRefused("InvalidGroup.NotFound", () -> bobs.deleteSecurityGroup(r -> r.groupId(group)));
    assertRefused(
        "InvalidGroup.NotFound",
        () ->
            bobs.authorizeSecurityGroupIngress(
                r -> r.groupId(group).ipPermissions(tcp(22, "0.0.0.0/0"))));
    assertRefused(
        "InvalidGroup.NotFound",
        () ->
            bobs.authorizeSecurityGroupEgress(
                r -> r.groupId(group).ipPermissions(tcp(22, "0.0.0.0/0"))));
    assertRefused(
        "InvalidGroup.NotFound",
        () -> bobs.revokeSecurityGroupIngress(r -> r.groupId(group).securityGroupRuleIds("x")));
    assertRefused(
        "InvalidGroup.NotFound", () -> bobs.modifySecurityGroupRules(r -> r.groupId(group)));
    assertRefused(
        "InvalidVpcID.NotFound",
        () -> bobs.createSecurityGroup(r -> r.groupName("x").description("x").vpcId(vpc)));
    assertRefused(
        "InvalidGroup.NotFound",
        () ->
            bobs.authorizeSecurityGroupIngress(
                r ->
                    r.groupName("default")
                        .ipPermissions(
                            p -> p.ipProtocol("-1").userIdGroupPairs(g -> g.groupId(group)))));
    assertRefused(
        "InvalidSecurityGroupRuleId.NotFound",
        () ->
            bobs.describeSecurityGroupRules(
                r -> r.securityGroupRuleIds(rulesOf(group).getFirst().securityGroupRuleId())));
  }

  @Test
  void malformedRequestsAreRefused() {
    assertRefused("MissingParameter", () -> ec2.createSecurityGroup(r -> r.description("x")));
    assertRefused("MissingParameter", () -> ec2.createSecurityGroup(r -> r.groupName("x")));
    assertRefused(
        "InvalidParameterValue",
        () -> ec2.createSecurityGroup(r -> r.groupName("sg-web").description("x")));
    assertRefused(
        "InvalidParameterValue",
        () -> ec2.createSecurityGroup(r -> r.groupName("x").description("naïve")));
    assertRefused(
        "InvalidGroup.Reserved",
        () -> ec2.createSecurityGroup(r -> r.groupName("default").description("x")));
    String group = group("web");
    assertRefused("InvalidGroup.Duplicate", () -> group("web"));
    assertRefused(
        "InvalidGroupId.Malformed", () -> ec2.deleteSecurityGroup(r -> r.groupId("sg-1")));
    assertRefused("MissingParameter", () -> ec2.deleteSecurityGroup(r -> {}));
    assertRefused(
        "MissingParameter", () -> ec2.authorizeSecurityGroupIngress(r -> r.groupId(group)));
    assertRefused(
        "InvalidParameterCombination",
        () ->
            ec2.authorizeSecurityGroupIngress(
                r -> r.groupId(group).cidrIp("0.0.0.0/0").ipPermissions(tcp(1, "0.0.0.0/0"))));
    assertRefused(
        "InvalidGroup.NotFound",
        () -> ec2.describeSecurityGroups(r -> r.groupNames("no such group")));
    assertRefused("MissingParameter", () -> ec2.modifySecurityGroupRules(r -> r.groupId(group)));
    assertRefused(
        "InvalidParameterCombination",
        () -> ec2.updateSecurityGroupRuleDescriptionsIngress(r -> r.groupId(group)));
  }

  private void launch(String host, String group) {
    String instance = networks.instance(ann, ZONE);
    interfaces.createFor(
        ann,
        instance,
        new NetworkInterfaces.NewInterface(
            networks.subnet(ann, ZONE), null, List.of(group), "", false, true, 0));
    networks.vm(instance, host);
  }

  private String group(String name) {
    return ec2.createSecurityGroup(r -> r.groupName(name).description("for " + name)).groupId();
  }

  private SecurityGroup describe(String group) {
    return ec2.describeSecurityGroups(r -> r.groupIds(group)).securityGroups().getFirst();
  }

  private List<SecurityGroupRule> rulesOf(String group) {
    return ec2.describeSecurityGroupRules(
            r -> r.filters(Filter.builder().name("group-id").values(group).build()))
        .securityGroupRules();
  }

  private List<String> found(String filter, String... values) {
    return ec2
        .describeSecurityGroups(
            r -> r.filters(Filter.builder().name(filter).values(values).build()))
        .securityGroups()
        .stream()
        .map(SecurityGroup::groupId)
        .toList();
  }

  private static IpPermission tcp(int port, String cidr) {
    return IpPermission.builder()
        .ipProtocol("tcp")
        .fromPort(port)
        .toPort(port)
        .ipRanges(r -> r.cidrIp(cidr))
        .build();
  }
}
