package io.hanok.control.address;

import static io.hanok.control.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.control.ControlPlaneTest;
import io.hanok.control.TestClouds;
import io.hanok.control.TwoAtOnce;
import io.hanok.control.identity.Accounts;
import io.hanok.control.network.NetworkInterfaces;
import io.hanok.control.network.NetworkInterfaces.InterfaceView;
import io.hanok.control.network.TestNetworks;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Address;
import software.amazon.awssdk.services.ec2.model.AllocateAddressResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Tag;

@ControlPlaneTest
class AddressesTest {
  private static final String ZONE = "home-1a";

  @LocalServerPort int port;
  @Autowired Accounts accounts;
  @Autowired NetworkInterfaces interfaces;
  @Autowired Addresses addresses;
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
  void anAddressIsAllocatedDescribedAndReleased() {
    AllocateAddressResponse made =
        ec2.allocateAddress(
            r ->
                r.domain("vpc")
                    .tagSpecifications(
                        t ->
                            t.resourceType("elastic-ip")
                                .tags(Tag.builder().key("Name").value("door").build())));
    assertThat(made.publicIp()).startsWith("198.18.");
    Address shown =
        ec2.describeAddresses(r -> r.filters(filter("tag:Name", "door"))).addresses().getFirst();
    assertThat(shown.publicIp()).isEqualTo(made.publicIp());
    assertThat(shown.allocationId()).isEqualTo(made.allocationId());
    assertThat(shown.domainAsString()).isEqualTo("vpc");
    assertThat(shown.associationId()).isNull();
    assertThat(
            ec2.describeAddressesAttribute(r -> r.allocationIds(made.allocationId())).addresses())
        .extracting(a -> a.publicIp())
        .containsExactly(made.publicIp());

    ec2.releaseAddress(r -> r.allocationId(made.allocationId()));
    assertThat(ec2.describeAddresses().addresses()).isEmpty();
    assertRefused(
        "InvalidAllocationID.NotFound",
        () -> ec2.releaseAddress(r -> r.allocationId(made.allocationId())));
    // It can be asked for again while nobody has it.
    assertThat(ec2.allocateAddress(r -> r.address(made.publicIp())).publicIp())
        .isEqualTo(made.publicIp());
    assertRefused(
        "InvalidIPAddress.InUse", () -> bobs.allocateAddress(r -> r.address(made.publicIp())));
  }

  @Test
  void anElasticAddressReplacesTheAutomaticOneAndLeavesNoneBehind() {
    String host = networks.host(ZONE);
    String instance = launch(host, true);
    String automatic = publicAddress(instance);
    AllocateAddressResponse elastic = ec2.allocateAddress(r -> {});
    networks.woken();

    String association =
        ec2.associateAddress(r -> r.allocationId(elastic.allocationId()).instanceId(instance))
            .associationId();
    assertThat(networks.woken()).containsExactly(host);
    assertThat(publicAddress(instance)).isEqualTo(elastic.publicIp()).isNotEqualTo(automatic);
    assertThat(isInUse(automatic)).isFalse();
    Address shown =
        ec2.describeAddresses(
                r ->
                    r.filters(
                        filter("instance-id", instance),
                        filter("public-ip", elastic.publicIp()),
                        filter("association-id", association)))
            .addresses()
            .getFirst();
    assertThat(shown.instanceId()).isEqualTo(instance);
    assertThat(shown.networkInterfaceOwnerId()).isEqualTo(ann.accountId());
    assertThat(shown.privateIpAddress()).startsWith("172.31.");
    assertRefused(
        "InvalidIPAddress.InUse",
        () -> ec2.releaseAddress(r -> r.allocationId(elastic.allocationId())));

    // A start gives no automatic address beside an elastic one; a stop does not take that one.
    interfaces.giveAutomaticAddresses(instance);
    interfaces.releaseAutomaticAddresses(instance);
    assertThat(publicAddress(instance)).isEqualTo(elastic.publicIp());
    networks.woken();

    ec2.disassociateAddress(r -> r.associationId(association));
    assertThat(networks.woken()).containsExactly(host);
    assertThat(view(instance).publicAddresses()).isEmpty();
    interfaces.giveAutomaticAddresses(instance);
    assertThat(view(instance).publicAddresses()).hasSize(1);
    assertRefused(
        "InvalidAssociationID.NotFound",
        () -> ec2.disassociateAddress(r -> r.associationId(association)));
  }

  @Test
  void anAddressMovesInOneCallUnlessThatIsForbidden() {
    String here = networks.host(ZONE);
    String there = networks.host(ZONE);
    String one = launch(here, false);
    String two = launch(there, false);
    AllocateAddressResponse first = ec2.allocateAddress(r -> {});
    AllocateAddressResponse second = ec2.allocateAddress(r -> {});
    String association =
        ec2.associateAddress(r -> r.allocationId(first.allocationId()).instanceId(one))
            .associationId();
    assertThat(
            ec2.associateAddress(r -> r.allocationId(first.allocationId()).instanceId(one))
                .associationId())
        .isEqualTo(association);
    assertRefused(
        "Resource.AlreadyAssociated",
        () ->
            ec2.associateAddress(
                r ->
                    r.allocationId(first.allocationId())
                        .instanceId(two)
                        .allowReassociation(false)));
    assertRefused(
        "Resource.AlreadyAssociated",
        () ->
            ec2.associateAddress(
                r ->
                    r.allocationId(second.allocationId())
                        .instanceId(one)
                        .allowReassociation(false)));
    networks.woken();

    ec2.associateAddress(
        r ->
            r.publicIp(first.publicIp())
                .networkInterfaceId(view(two).eni().id())
                .privateIpAddress(view(two).privateAddresses().getFirst()));
    assertThat(networks.woken()).containsExactlyInAnyOrder(here, there);
    assertThat(view(one).publicAddresses()).isEmpty();
    assertThat(publicAddress(two)).isEqualTo(first.publicIp());

    ec2.associateAddress(r -> r.allocationId(second.allocationId()).instanceId(two));
    assertThat(publicAddress(two)).isEqualTo(second.publicIp());
    assertThat(
            ec2.describeAddresses(r -> r.publicIps(first.publicIp()))
                .addresses()
                .getFirst()
                .associationId())
        .isNull();
  }

  @Test
  void ofTwoWhoAssociateAnAddressAtOnceTheSecondIsRefusedOrMovesIt() throws Exception {
    String here = networks.host(ZONE);
    String there = networks.host(ZONE);
    String one = launch(here, false);
    String two = launch(there, false);
    String allocation = ec2.allocateAddress(r -> {}).allocationId();
    TwoAtOnce both = new TwoAtOnce(jdbc, transactions);
    assertThatThrownBy(
            () ->
                both.run(
                    () -> addresses.associate(ann, lead(allocation, one, false)),
                    () -> addresses.associate(ann, lead(allocation, two, false))))
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.RESOURCE_ALREADY_ASSOCIATED));
    assertThat(view(one).publicAddresses()).hasSize(1);
    assertThat(view(two).publicAddresses()).isEmpty();

    ec2.disassociateAddress(
        r ->
            r.associationId(
                ec2.describeAddresses(d -> d.allocationIds(allocation))
                    .addresses()
                    .getFirst()
                    .associationId()));
    networks.woken();
    both.run(
        () -> {
          addresses.associate(ann, lead(allocation, one, true));
          networks.woken();
        },
        () -> addresses.associate(ann, lead(allocation, two, true)));
    assertThat(networks.woken())
        .as("the first one's host must let go of the address")
        .containsExactlyInAnyOrder(here, there);
    assertThat(view(one).publicAddresses()).isEmpty();
    assertThat(view(two).publicAddresses()).hasSize(1);
  }

  private static AssociateAddress lead(String allocation, String instance, boolean reassociate) {
    return new AssociateAddress(allocation, null, instance, null, null, reassociate);
  }

  @Test
  void anAddressThatIsAssociatedMeanwhileIsNotReleased() throws Exception {
    String instance = launch(networks.host(ZONE), false);
    String allocation = ec2.allocateAddress(r -> {}).allocationId();
    assertThatThrownBy(
            () ->
                new TwoAtOnce(jdbc, transactions)
                    .run(
                        () -> addresses.associate(ann, lead(allocation, instance, false)),
                        () -> {
                          addresses.release(ann, allocation, null);
                          return null;
                        }))
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_IP_ADDRESS_IN_USE));
    assertThat(view(instance).publicAddresses()).hasSize(1);
  }

  @Test
  void aVpcWithoutAGatewayHasNoUseForOne() {
    String instance = launch(networks.host(ZONE), false);
    jdbc.sql("UPDATE internet_gateway SET vpc_id = NULL WHERE account_id = :account")
        .param("account", ann.accountId())
        .update();
    String allocation = ec2.allocateAddress(r -> {}).allocationId();
    assertRefused(
        "Gateway.NotAttached",
        () -> ec2.associateAddress(r -> r.allocationId(allocation).instanceId(instance)));
  }

  @Test
  void ofManyWhoWantTheSameAddressAtOnceOneGetsIt() throws Exception {
    List<Callable<String>> calls = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      calls.add(
          () -> {
            try {
              ec2.allocateAddress(r -> r.address("198.18.200.200"));
              return "given";
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
    assertThat(answers).filteredOn("given"::equals).hasSize(1);
    assertThat(answers).filteredOn("InvalidIPAddress.InUse"::equals).hasSize(7);
  }

  @Test
  void anotherAccountsAddressAndInstanceAreNotThere() {
    AllocateAddressResponse anns = ec2.allocateAddress(r -> {});
    String instance = launch(networks.host(ZONE), false);
    String bobsAllocation = bobs.allocateAddress(r -> {}).allocationId();
    assertRefused(
        "InvalidAllocationID.NotFound",
        () -> bobs.releaseAddress(r -> r.allocationId(anns.allocationId())));
    assertRefused(
        "InvalidAllocationID.NotFound",
        () -> bobs.describeAddresses(r -> r.allocationIds(anns.allocationId())));
    assertRefused(
        "InvalidAddress.NotFound", () -> bobs.describeAddresses(r -> r.publicIps(anns.publicIp())));
    assertRefused(
        "InvalidInstanceID.NotFound",
        () -> bobs.associateAddress(r -> r.allocationId(bobsAllocation).instanceId(instance)));
    assertRefused(
        "InvalidNetworkInterfaceID.NotFound",
        () ->
            bobs.associateAddress(
                r -> r.allocationId(bobsAllocation).networkInterfaceId(view(instance).eni().id())));
    assertRefused(
        "InvalidAddress.NotFound",
        () -> bobs.disassociateAddress(r -> r.publicIp(anns.publicIp())));
    // An automatic address is nobody's elastic one, not even its holder's.
    String automatic = publicAddress(launch(networks.host(ZONE), true));
    assertRefused("InvalidAddress.NotFound", () -> ec2.releaseAddress(r -> r.publicIp(automatic)));
  }

  @Test
  void malformedRequestsAreRefused() {
    assertRefused("MissingParameter", () -> ec2.releaseAddress(r -> {}));
    assertRefused(
        "InvalidAllocationID.NotFound",
        () -> ec2.releaseAddress(r -> r.allocationId("eipalloc-1")));
    assertRefused("InvalidParameterValue", () -> ec2.releaseAddress(r -> r.publicIp("nowhere")));
    assertRefused("InvalidParameterValue", () -> ec2.allocateAddress(r -> r.address("198.18.0")));
    assertRefused(
        "InvalidAddress.NotFound", () -> ec2.allocateAddress(r -> r.address("203.0.113.9")));
    String allocation = ec2.allocateAddress(r -> {}).allocationId();
    assertRefused("MissingParameter", () -> ec2.associateAddress(r -> r.allocationId(allocation)));
    assertRefused("MissingParameter", () -> ec2.associateAddress(r -> {}));
    String instance = launch(networks.host(ZONE), false);
    assertRefused(
        "InvalidParameterValue",
        () ->
            ec2.associateAddress(
                r -> r.allocationId(allocation).instanceId(instance).privateIpAddress("10.9.9.9")));
    assertRefused(
        "InvalidInstanceID.Malformed",
        () -> ec2.associateAddress(r -> r.allocationId(allocation).instanceId("i-1")));
    assertRefused("MissingParameter", () -> ec2.disassociateAddress(r -> {}));
    assertRefused(
        "InvalidParameterValue",
        () -> ec2.describeAddresses(r -> r.filters(filter("colour", "red"))));
  }

  private String launch(String host, boolean publicAddress) {
    String instance = networks.instance(ann, ZONE);
    interfaces.createFor(
        ann,
        instance,
        new NetworkInterfaces.NewInterface(
            networks.subnet(ann, ZONE),
            null,
            List.of(networks.defaultGroup(ann)),
            "",
            publicAddress,
            true,
            0));
    networks.vm(instance, host);
    return instance;
  }

  private InterfaceView view(String instance) {
    return interfaces.ofInstances(List.of(instance)).get(instance).getFirst();
  }

  private String publicAddress(String instance) {
    InterfaceView view = view(instance);
    return view.publicAddresses().get(view.privateAddresses().getFirst()).address();
  }

  private boolean isInUse(String address) {
    return jdbc.sql("SELECT count(*) FROM public_address WHERE address = :address::inet")
            .param("address", address)
            .query(Long.class)
            .single()
        > 0;
  }

  private static Filter filter(String name, String... values) {
    return Filter.builder().name(name).values(values).build();
  }
}
