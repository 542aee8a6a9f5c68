package io.hanok.control.network;

import static io.hanok.control.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.control.ControlPlaneTest;
import io.hanok.control.TestClouds;
import io.hanok.control.TwoAtOnce;
import io.hanok.control.identity.Accounts;
import io.hanok.control.network.NetworkInterfaces.GroupRef;
import io.hanok.control.network.NetworkInterfaces.InterfaceView;
import io.hanok.control.network.NetworkInterfaces.NewInterface;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import java.util.List;
import java.util.concurrent.Executors;
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

/** In a region with five public addresses. */
@ControlPlaneTest
@TestPropertySource(properties = "hanok.public-cidr=198.18.7.0/29")
class NetworkInterfacesTest {
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
  private String group;

  @BeforeEach
  void anAccount() {
    networks = new TestNetworks(jdbc, transactions, events);
    networks.zone(ZONE);
    Accounts.Credentials credentials = accounts.create("ann", false);
    ann = new Caller(credentials.accountId(), credentials.accessKeyId(), false);
    ec2 = TestClouds.ec2(port, credentials);
    group = networks.defaultGroup(ann);
    jdbc.sql("DELETE FROM public_address").update();
    networks.woken();
  }

  @AfterEach
  void close() {
    networks.forget();
    ec2.close();
  }

  @Test
  void anInterfaceIsMadeWithItsInstanceAndEndsWithIt() {
    String instance = networks.instance(ann, ZONE);
    InterfaceView made = interfaces.createFor(ann, instance, wanted(null, null));
    assertThat(made.privateAddresses()).hasSize(1);
    assertThat(made.privateAddresses().getFirst()).startsWith("172.31.");
    assertThat(made.eni().mac()).startsWith("0a:");
    assertThat(made.groups()).containsExactly(new GroupRef(group, "default"));
    String publicAddress = made.publicAddresses().get(made.privateAddresses().getFirst()).address();
    assertThat(publicAddress).startsWith("198.18.7.");

    var shown =
        ec2.describeNetworkInterfaces(
                r ->
                    r.filters(
                        filter("attachment.instance-id", instance),
                        filter("addresses.association.public-ip", publicAddress),
                        filter("private-ip-address", made.privateAddresses().getFirst()),
                        filter("mac-address", made.eni().mac()),
                        filter("group-name", "default"),
                        filter("attachment.device-index", "0"),
                        filter("status", "in-use")))
            .networkInterfaces();
    assertThat(shown).hasSize(1);
    assertThat(shown.getFirst().attachment().deviceIndex()).isZero();
    assertThat(shown.getFirst().attachment().deleteOnTermination()).isTrue();
    assertThat(shown.getFirst().association().publicIp()).isEqualTo(publicAddress);
    assertThat(shown.getFirst().association().ipOwnerId()).isEqualTo("amazon");
    assertThat(shown.getFirst().privateIpAddresses().getFirst().primary()).isTrue();
    assertThat(shown.getFirst().privateDnsName()).endsWith(".home-1.compute.internal");

    interfaces.releaseOf(instance);
    interfaces.releaseOf(instance);
    assertThat(interfaces.ofInstances(List.of(instance))).isEmpty();
    assertThat(publicAddressesInUse()).isZero();
    assertRefused(
        "InvalidNetworkInterfaceID.NotFound",
        () -> ec2.describeNetworkInterfaces(r -> r.networkInterfaceIds(made.eni().id())));
  }

  @Test
  void ofTwoWhoChangeTheGroupsAtOnceTheSecondOnesHold() throws Exception {
    String instance = networks.instance(ann, ZONE);
    interfaces.createFor(ann, instance, wanted(null, false));
    String vpc = networks.vpc(ann);
    String red =
        ec2.createSecurityGroup(r -> r.groupName("red").description("d").vpcId(vpc)).groupId();
    String blue =
        ec2.createSecurityGroup(r -> r.groupName("blue").description("d").vpcId(vpc)).groupId();
    new TwoAtOnce(jdbc, transactions)
        .run(
            () -> interfaces.changeGroups(ann, instance, List.of(red)),
            () -> {
              interfaces.changeGroups(ann, instance, List.of(blue));
              return null;
            });
    assertThat(interfaces.ofInstances(List.of(instance)).get(instance).getFirst().groups())
        .containsExactly(new GroupRef(blue, "blue"));
  }

  @Test
  void aChangeOfOneThingWritesNothingElseBack() throws Exception {
    String instance = networks.instance(ann, ZONE);
    interfaces.createFor(ann, instance, wanted(null, false));
    transactions.executeWithoutResult(
        status -> {
          var read = interfaces.ofInstances(List.of(instance)).get(instance).getFirst().eni();
          elsewhere(
              () ->
                  jdbc.sql("UPDATE network_interface SET description = 'new' WHERE id = :id")
                      .param("id", read.id())
                      .update());
          read.checkSourceAndDestination(false);
        });
    var after = interfaces.ofInstances(List.of(instance)).get(instance).getFirst().eni();
    assertThat(after.description()).isEqualTo("new");
    assertThat(after.sourceDestCheck()).isFalse();
  }

  private static void elsewhere(Runnable work) {
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      threads.submit(work);
    }
  }

  @Test
  void anInterfaceThatOutlivesItsInstanceIsDetachedAndKeepsItsElasticAddressUnassociated() {
    String instance = networks.instance(ann, ZONE);
    InterfaceView made =
        interfaces.createFor(
            ann,
            instance,
            new NewInterface(subnet(), null, List.of(group), "kept", false, false, 0));
    assertThat(made.publicAddresses()).isEmpty();
    String allocation = ec2.allocateAddress(r -> {}).allocationId();
    ec2.associateAddress(r -> r.allocationId(allocation).instanceId(instance));

    interfaces.releaseOf(instance);

    var kept =
        ec2.describeNetworkInterfaces(r -> r.networkInterfaceIds(made.eni().id()))
            .networkInterfaces()
            .getFirst();
    assertThat(kept.statusAsString()).isEqualTo("available");
    assertThat(kept.attachment()).isNull();
    var address = ec2.describeAddresses(r -> r.allocationIds(allocation)).addresses().getFirst();
    assertThat(address.associationId()).isNull();
    assertThat(address.networkInterfaceId()).isNull();
  }

  @Test
  void aNamedPrivateAddressIsGivenOnce() {
    String one = networks.instance(ann, ZONE);
    InterfaceView made = interfaces.createFor(ann, one, wanted("172.31.0.77", false));
    assertThat(made.privateAddresses()).containsExactly("172.31.0.77");
    String two = networks.instance(ann, ZONE);
    assertCode("InvalidIPAddress.InUse", two, wanted("172.31.0.77", false));
    assertCode("InvalidParameterValue", two, wanted("172.31.200.1", false));
    assertCode("InvalidParameterValue", two, wanted("172.31.0.3", false));
    assertCode("InvalidParameterValue", two, wanted("172.31.15.255", false));
    assertCode("InvalidParameterValue", two, wanted("172.31.0.300", false));
    assertThat(interfaces.ofInstances(List.of(one, two)).keySet()).containsExactly(one);
  }

  @Test
  void aFullSubnetAndAUsedUpRangeAreSaid() {
    jdbc.sql("UPDATE subnet SET cidr = '172.31.0.0/29' WHERE id = :id")
        .param("id", subnet())
        .update();
    for (int i = 0; i < 3; i++) {
      interfaces.createFor(ann, networks.instance(ann, ZONE), wanted(null, true));
    }
    assertCode(
        "InsufficientFreeAddressesInSubnet", networks.instance(ann, ZONE), wanted(null, false));
    jdbc.sql("UPDATE subnet SET cidr = '172.31.0.0/20' WHERE id = :id")
        .param("id", subnet())
        .update();
    for (int i = 0; i < 2; i++) {
      interfaces.createFor(ann, networks.instance(ann, ZONE), wanted(null, true));
    }
    assertThat(publicAddressesInUse()).isEqualTo(5);
    assertCode("InsufficientAddressCapacity", networks.instance(ann, ZONE), wanted(null, true));
    assertThatThrownBy(() -> ec2.allocateAddress(r -> {})).hasMessageContaining("is used up");
  }

  @Test
  void aStopTakesTheAutomaticAddressAndAStartGivesAnother() {
    String host = networks.host(ZONE);
    String instance = networks.instance(ann, ZONE);
    InterfaceView made = interfaces.createFor(ann, instance, wanted(null, true));
    networks.vm(instance, host);
    networks.woken();

    interfaces.releaseAutomaticAddresses(instance);
    assertThat(view(instance).publicAddresses()).isEmpty();
    assertThat(networks.woken()).containsExactly(host);

    interfaces.giveAutomaticAddresses(instance);
    interfaces.giveAutomaticAddresses(instance);
    assertThat(view(instance).publicAddresses()).hasSize(1);
    assertThat(view(instance).privateAddresses()).isEqualTo(made.privateAddresses());
    assertThat(publicAddressesInUse()).isEqualTo(1);
    assertThat(networks.woken()).containsExactly(host);
  }

  @Test
  void aChangeOfGroupsReachesItsHostAndThoseWhoseRulesNameTheGroups() {
    String here = networks.host(ZONE);
    String there = networks.host(ZONE);
    String elsewhere = networks.host(ZONE);
    String members = group("members");
    String watchers = group("watchers");
    ec2.authorizeSecurityGroupIngress(
        r ->
            r.groupId(watchers)
                .ipPermissions(p -> p.ipProtocol("-1").userIdGroupPairs(g -> g.groupId(members))));
    String one = launch(here, watchers);
    launch(there, watchers);
    launch(elsewhere, group("strangers"));
    String joining = launch(here, group);
    String eni = view(joining).eni().id();
    networks.woken();

    ec2.modifyNetworkInterfaceAttribute(r -> r.networkInterfaceId(eni).groups(members));
    assertThat(networks.woken()).containsExactlyInAnyOrder(here, there);

    interfaces.changeGroups(ann, joining, List.of(group));
    assertThat(view(joining).groups()).extracting(GroupRef::id).containsExactly(group);
    assertThat(networks.woken()).containsExactlyInAnyOrder(here, there);
    assertThat(one).isNotEqualTo(joining);
  }

  @Test
  void theAttributesOfAnInterfaceAreChangedOneByOne() {
    String host = networks.host(ZONE);
    String instance = launch(host, group);
    NetworkInterface eni = view(instance).eni();
    networks.woken();
    ec2.modifyNetworkInterfaceAttribute(
        r -> r.networkInterfaceId(eni.id()).sourceDestCheck(v -> v.value(false)));
    assertThat(networks.woken()).containsExactly(host);
    ec2.modifyNetworkInterfaceAttribute(
        r -> r.networkInterfaceId(eni.id()).description(v -> v.value("router")));
    ec2.modifyNetworkInterfaceAttribute(
        r ->
            r.networkInterfaceId(eni.id())
                .attachment(a -> a.attachmentId(eni.attachmentId()).deleteOnTermination(false)));
    var shown =
        ec2.describeNetworkInterfaces(r -> r.networkInterfaceIds(eni.id()))
            .networkInterfaces()
            .getFirst();
    assertThat(shown.sourceDestCheck()).isFalse();
    assertThat(shown.description()).isEqualTo("router");
    assertThat(shown.attachment().deleteOnTermination()).isFalse();
  }

  @Test
  void changesThatMakeNoSenseOrAreNotAllowedAreRefused() {
    String eni = view(launch(networks.host(ZONE), group)).eni().id();
    assertRefused(
        "InvalidParameterCombination",
        () -> ec2.modifyNetworkInterfaceAttribute(r -> r.networkInterfaceId(eni)));
    assertRefused(
        "InvalidParameterCombination",
        () ->
            ec2.modifyNetworkInterfaceAttribute(
                r -> r.networkInterfaceId(eni).groups(group).description(d -> d.value("x"))));
    assertRefused(
        "InvalidNetworkInterfaceId.Malformed",
        () -> ec2.modifyNetworkInterfaceAttribute(r -> r.networkInterfaceId("eni-1")));
    assertRefused(
        "InvalidAttachmentID.NotFound",
        () ->
            ec2.modifyNetworkInterfaceAttribute(
                r ->
                    r.networkInterfaceId(eni)
                        .attachment(
                            a ->
                                a.attachmentId("eni-attach-00000000000000000")
                                    .deleteOnTermination(true))));
    Accounts.Credentials bob = accounts.create("bob", false);
    Caller bobCalls = new Caller(bob.accountId(), bob.accessKeyId(), false);
    String bobsGroup = networks.defaultGroup(bobCalls);
    assertRefused(
        "InvalidGroup.NotFound",
        () ->
            ec2.modifyNetworkInterfaceAttribute(r -> r.networkInterfaceId(eni).groups(bobsGroup)));
    try (Ec2Client bobs = TestClouds.ec2(port, bob)) {
      assertRefused(
          "InvalidNetworkInterfaceID.NotFound",
          () -> bobs.modifyNetworkInterfaceAttribute(r -> r.networkInterfaceId(eni)));
      assertThat(bobs.describeNetworkInterfaces().networkInterfaces()).isEmpty();
    }
    String bobsInstance = networks.instance(bobCalls, ZONE);
    assertThatThrownBy(() -> interfaces.createFor(bobCalls, bobsInstance, wanted(null, false)))
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> assertThat(e.code().code()).isEqualTo("InvalidSubnetID.NotFound"));
    List<String> six = List.of("a", "b", "c", "d", "e", "f").stream().map(this::group).toList();
    assertRefused(
        "SecurityGroupsPerInterfaceLimitExceeded",
        () -> ec2.modifyNetworkInterfaceAttribute(r -> r.networkInterfaceId(eni).groups(six)));
  }

  @Test
  void anInstanceWithTwoInterfacesMustNameTheOneThatIsMeant() {
    String instance = launch(networks.host(ZONE), group);
    interfaces.createFor(
        ann, instance, new NewInterface(subnet(), null, List.of(group), "", null, true, 1));
    assertThat(interfaces.ofInstances(List.of(instance)).get(instance))
        .extracting(v -> v.eni().deviceIndex())
        .containsExactly(0, 1);
    // Only the primary interface is given a public address unasked.
    assertThat(publicAddressesInUse()).isZero();
    assertThatThrownBy(() -> interfaces.changeGroups(ann, instance, List.of(group)))
        .isInstanceOfSatisfying(
            CloudException.class, e -> assertThat(e.code().code()).isEqualTo("InvalidInstanceID"));
    String allocation = ec2.allocateAddress(r -> {}).allocationId();
    assertRefused(
        "InvalidInstanceID",
        () -> ec2.associateAddress(r -> r.allocationId(allocation).instanceId(instance)));
    assertThatThrownBy(() -> new NewInterface(subnet(), null, List.of(group), "", true, true, 1))
        .isInstanceOf(CloudException.class);
  }

  private String launch(String host, String itsGroup) {
    String instance = networks.instance(ann, ZONE);
    interfaces.createFor(
        ann, instance, new NewInterface(subnet(), null, List.of(itsGroup), "", false, true, 0));
    networks.vm(instance, host);
    return instance;
  }

  private String group(String name) {
    return ec2.createSecurityGroup(r -> r.groupName(name).description(name)).groupId();
  }

  private InterfaceView view(String instance) {
    return interfaces.ofInstances(List.of(instance)).get(instance).getFirst();
  }

  private NewInterface wanted(String address, Boolean publicAddress) {
    return new NewInterface(subnet(), address, List.of(group), "", publicAddress, true, 0);
  }

  private String subnet() {
    return networks.subnet(ann, ZONE);
  }

  private long publicAddressesInUse() {
    return jdbc.sql("SELECT count(*) FROM public_address").query(Long.class).single();
  }

  private void assertCode(String code, String instance, NewInterface wanted) {
    assertThatThrownBy(() -> interfaces.createFor(ann, instance, wanted))
        .isInstanceOfSatisfying(
            CloudException.class, e -> assertThat(e.code().code()).isEqualTo(code));
  }

  private static Filter filter(String name, String... values) {
    return Filter.builder().name(name).values(values).build();
  }
}
