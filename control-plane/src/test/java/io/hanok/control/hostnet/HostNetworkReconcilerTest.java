package io.hanok.control.hostnet;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostNetworkSpec;
import io.hanok.control.ControlPlaneTest;
import io.hanok.control.TestClouds;
import io.hanok.control.agentclient.AgentDocuments;
import io.hanok.control.agentclient.DocumentView;
import io.hanok.control.identity.Accounts;
import io.hanok.control.network.NetworkInterfaces;
import io.hanok.control.network.NetworkInterfaces.InterfaceView;
import io.hanok.control.network.TestNetworks;
import io.hanok.control.reconcile.ReconcileEngine;
import io.hanok.control.reconcile.WorkQueue;
import io.hanok.control.shared.Caller;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import software.amazon.awssdk.services.ec2.Ec2Client;

@ControlPlaneTest
class HostNetworkReconcilerTest {
  private static final String ZONE = "home-1a";

  @LocalServerPort int port;
  @Autowired Accounts accounts;
  @Autowired NetworkInterfaces interfaces;
  @Autowired AgentDocuments documents;
  @Autowired ReconcileEngine engine;
  @Autowired WorkQueue queue;
  @Autowired JdbcClient jdbc;
  @Autowired TransactionTemplate transactions;
  @Autowired ApplicationEventPublisher events;

  private TestNetworks networks;
  private Caller ann;
  private Ec2Client ec2;
  private String here;
  private String there;

  @BeforeEach
  void anAccountAndTwoHosts() {
    networks = new TestNetworks(jdbc, transactions, events);
    networks.zone(ZONE);
    Accounts.Credentials credentials = accounts.create("ann", false);
    ann = new Caller(credentials.accountId(), credentials.accessKeyId(), false);
    ec2 = TestClouds.ec2(port, credentials);
    here = networks.host(ZONE);
    there = networks.host(ZONE);
    jdbc.sql("DELETE FROM work_item").update();
  }

  @AfterEach
  void close() {
    networks.forget();
    ec2.close();
  }

  @Test
  void aHostWithoutGuestsHasAnEmptyDocument() {
    assertThat(document(here)).isEqualTo(new HostNetworkSpec("198.18.0.0/16", List.of()));
    long generation = view(here).generation();
    document(here);
    assertThat(view(here).generation()).isEqualTo(generation);
  }

  @Test
  void aHostCarriesItsInterfacesAndKnowsTheMembersOnOthers() {
    String group = networks.defaultGroup(ann);
    InterfaceView one = launch(here, group);
    InterfaceView two = launch(there, group);

    HostNetworkSpec.Vpc vpc = document(here).vpcs().getFirst();
    assertThat(vpc.vpcId().value()).isEqualTo(networks.vpc(ann));
    assertThat(vpc.cidrs()).containsExactly("172.31.0.0/16");
    assertThat(vpc.dnsDomain()).isEqualTo("home-1.compute.internal");
    assertThat(vpc.subnets()).allMatch(HostNetworkSpec.Subnet::internet);
    HostNetworkSpec.Interface only = vpc.interfaces().getFirst();
    assertThat(vpc.interfaces()).hasSize(1);
    assertThat(only.eniId().value()).isEqualTo(one.eni().id());
    assertThat(only.mac()).isEqualTo(one.eni().mac());
    assertThat(only.privateAddresses()).isEqualTo(one.privateAddresses());
    assertThat(only.publicAddresses())
        .containsEntry(
            one.privateAddresses().getFirst(),
            one.publicAddresses().get(one.privateAddresses().getFirst()).address());
    assertThat(only.mtu()).isEqualTo(1450);
    assertThat(only.metadata()).isNotNull();
    HostNetworkSpec.SecurityGroup shared = vpc.groups().getFirst();
    assertThat(shared.members())
        .containsExactlyInAnyOrder(
            one.privateAddresses().getFirst(), two.privateAddresses().getFirst());
    assertThat(shared.ingress().getFirst().peerGroup()).isEqualTo(shared.groupId());
    assertThat(shared.egress().getFirst().cidr()).isEqualTo("0.0.0.0/0");
  }

  @Test
  void aNamedGroupComesWithItsMembersAndARevokedRuleGoes() {
    String web = group("web");
    String db = group("db");
    InterfaceView client = launch(there, web);
    launch(here, db);
    String rule =
        ec2.authorizeSecurityGroupIngress(
                r ->
                    r.groupId(db)
                        .ipPermissions(
                            p ->
                                p.ipProtocol("tcp")
                                    .fromPort(5432)
                                    .toPort(5432)
                                    .userIdGroupPairs(g -> g.groupId(web))))
            .securityGroupRules()
            .getFirst()
            .securityGroupRuleId();

    engine.runDue();
    HostNetworkSpec.Vpc vpc = ((HostNetworkSpec) view(here).spec()).vpcs().getFirst();
    assertThat(group(vpc, web).members()).isEqualTo(client.privateAddresses());
    assertThat(group(vpc, web).egress()).isEmpty();
    assertThat(group(vpc, db).ingress().getFirst().ruleId().value()).isEqualTo(rule);

    ec2.revokeSecurityGroupIngress(r -> r.groupId(db).securityGroupRuleIds(rule));
    engine.runDue();
    vpc = ((HostNetworkSpec) view(here).spec()).vpcs().getFirst();
    assertThat(vpc.groups()).hasSize(1);
    assertThat(group(vpc, db).ingress()).isEmpty();
  }

  @Test
  void aMachineThatEndedLeavesNothing() {
    InterfaceView one = launch(here, networks.defaultGroup(ann));
    assertThat(document(here).vpcs()).hasSize(1);
    jdbc.sql("UPDATE vm SET ended_at = now() WHERE instance_id = :id")
        .param("id", one.eni().instanceId())
        .update();
    assertThat(document(here).vpcs()).isEmpty();
  }

  @Test
  void aSubnetIsPublicByItsOwnRouteTableOrElseTheMainOne() {
    InterfaceView one = launch(here, networks.defaultGroup(ann));
    assertThat(subnet(document(here), one).internet()).isTrue();
    jdbc.sql(
            """
            WITH t AS (INSERT INTO route_table (id, account_id, vpc_id)
              SELECT 'rtb-0000000000000' || right(id, 4), account_id, id FROM vpc WHERE id = :vpc
              RETURNING id)
            INSERT INTO route_table_association (id, route_table_id, subnet_id)
            SELECT 'rtbassoc-0000000000000' || right(id, 4), id, :subnet FROM t
            """)
        .param("vpc", networks.vpc(ann))
        .param("subnet", one.eni().subnetId())
        .update();
    assertThat(subnet(document(here), one).internet()).isFalse();
    jdbc.sql("DELETE FROM route_table_association WHERE subnet_id = :subnet")
        .param("subnet", one.eni().subnetId())
        .update();
    assertThat(subnet(document(here), one).internet()).isTrue();
    jdbc.sql("UPDATE internet_gateway SET vpc_id = NULL WHERE vpc_id = :vpc")
        .param("vpc", networks.vpc(ann))
        .update();
    assertThat(subnet(document(here), one).internet()).isFalse();
  }

  @Test
  void aHostThatIsGoneHasNoDocument() {
    queue.wake(HostNetworks.KIND, "host-00000000000000000");
    engine.runDue();
    assertThat(view("host-00000000000000000")).isNull();
    assertThat(networks.woken()).isEmpty();
  }

  private HostNetworkSpec document(String host) {
    queue.wake(HostNetworks.KIND, host);
    engine.runDue();
    return (HostNetworkSpec) view(host).spec();
  }

  private DocumentView view(String host) {
    return documents.find(host, DocumentKind.HOST_NETWORK, host).orElse(null);
  }

  private InterfaceView launch(String host, String group) {
    String instance = networks.instance(ann, ZONE);
    InterfaceView made =
        interfaces.createFor(
            ann,
            instance,
            new NetworkInterfaces.NewInterface(
                networks.subnet(ann, ZONE), null, List.of(group), "", null, true, 0));
    networks.vm(instance, host);
    return made;
  }

  private String group(String name) {
    return ec2.createSecurityGroup(r -> r.groupName(name).description(name)).groupId();
  }

  private static HostNetworkSpec.SecurityGroup group(HostNetworkSpec.Vpc vpc, String id) {
    return vpc.groups().stream()
        .filter(g -> g.groupId().value().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static HostNetworkSpec.Subnet subnet(HostNetworkSpec spec, InterfaceView of) {
    return spec.vpcs().getFirst().subnets().stream()
        .filter(s -> s.subnetId().value().equals(of.eni().subnetId()))
        .findFirst()
        .orElseThrow();
  }
}
