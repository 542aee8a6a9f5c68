package io.hanok.control.instance;

import static io.hanok.control.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.ResourceStatus.OffReason;
import io.hanok.control.ControlPlaneTest;
import io.hanok.control.SimHosts;
import io.hanok.control.StatementCount;
import io.hanok.control.TestClouds;
import io.hanok.control.identity.Accounts;
import io.hanok.control.image.Images;
import io.hanok.control.image.ImportImage;
import io.hanok.control.reconcile.ReconcileEngine;
import io.hanok.control.shared.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.InstanceType;

/** The life of instances, through the real SDK, on simulated hosts. */
@ControlPlaneTest
class InstanceStoriesTest {
  @LocalServerPort int port;
  @Autowired Accounts accounts;
  @Autowired Images images;
  @Autowired SimHosts hosts;
  @Autowired JdbcClient jdbc;
  @Autowired ReconcileEngine engine;
  @Autowired StatementCount statements;

  private static String host;
  private static String image;
  private Accounts.Credentials ann;
  private Ec2Client ec2;

  @BeforeEach
  void aCloudWithAnImage() {
    hosts.reachable(true);
    if (host == null) {
      host = hosts.addHost("one", "home-1a");
      var operator = accounts.create("operator", true);
      image =
          images.importImage(
              new Caller(operator.accountId(), operator.accessKeyId(), true),
              new ImportImage("tiny", "", java.net.URI.create("file:///tiny.qcow2"), null, true));
      hosts.settle();
    }
    hosts.report();
    ann = accounts.create("ann", false);
    ec2 = TestClouds.ec2(port, ann);
  }

  @AfterEach
  void nothingIsLeftOver() {
    hosts.reachable(true);
    List<String> all =
        ec2.describeInstancesPaginator().reservations().stream()
            .flatMap(r -> r.instances().stream())
            .filter(i -> i.state().name() != InstanceStateName.TERMINATED)
            .map(Instance::instanceId)
            .toList();
    for (String id : all) {
      ec2.modifyInstanceAttribute(r -> r.instanceId(id).disableApiTermination(v -> v.value(false)));
    }
    if (!all.isEmpty()) {
      ec2.terminateInstances(r -> r.instanceIds(all));
    }
    hosts.settle();
    assertThat(hosts.documents(host).keySet())
        .as("documents on the host")
        .containsExactlyInAnyOrder("image/" + image, "host-network/" + host);
    for (String query :
        List.of(
            "SELECT count(*) FROM vm WHERE ended_at IS NULL",
            "SELECT count(*) FROM volume WHERE destroyed_at IS NULL",
            "SELECT count(*) FROM volume_attachment",
            "SELECT count(*) FROM network_interface WHERE instance_id IS NOT NULL",
            "SELECT count(*) FROM public_address WHERE allocation_id IS NULL",
            "SELECT count(*) FROM agent_document WHERE spec IS NULL",
            "SELECT count(*) FROM instance WHERE power = 'terminated' AND terminated_at IS NULL",
            "SELECT count(*) FROM work_item")) {
      assertThat(jdbc.sql(query).query(Long.class).single()).as(query).isZero();
    }
    ec2.close();
  }

  @Test
  void threeAreLaunchedAtOnce() {
    var reservation =
        ec2.runInstances(
            r ->
                r.imageId(image)
                    .instanceType(InstanceType.T3_NANO)
                    .minCount(3)
                    .maxCount(3)
                    .tagSpecifications(
                        t -> t.resourceType("instance").tags(x -> x.key("Name").value("web"))));
    assertThat(reservation.instances())
        .hasSize(3)
        .allSatisfy(
            i -> {
              assertThat(i.state().name()).isEqualTo(InstanceStateName.PENDING);
              assertThat(i.privateIpAddress()).startsWith("172.31.");
              assertThat(i.tags())
                  .singleElement()
                  .satisfies(t -> assertThat(t.value()).isEqualTo("web"));
            });
    assertThat(reservation.instances())
        .extracting(Instance::amiLaunchIndex)
        .containsExactly(0, 1, 2);
    hosts.settle();
    assertThat(described(reservation.instances().getFirst().instanceId()))
        .satisfies(
            i -> {
              assertThat(i.state().name()).isEqualTo(InstanceStateName.RUNNING);
              assertThat(i.publicIpAddress()).startsWith("198.18.");
              assertThat(i.blockDeviceMappings().getFirst().ebs().volumeId()).startsWith("vol-");
              assertThat(i.networkInterfaces().getFirst().attachment().deviceIndex()).isZero();
            });
    assertThat(
            ec2.describeInstances(
                    r ->
                        r.filters(
                            f -> f.name("tag:Name").values("w*"),
                            f -> f.name("instance-state-name").values("running")))
                .reservations()
                .getFirst()
                .instances())
        .hasSize(3);
  }

  @Test
  void stopAndStartKeepThePrivateAddressAndChangeThePublicOne() {
    Instance first = launched();
    ec2.stopInstances(r -> r.instanceIds(first.instanceId()));
    assertThat(described(first.instanceId()).state().name()).isEqualTo(InstanceStateName.STOPPING);
    hosts.settle();
    Instance stopped = described(first.instanceId());
    assertThat(stopped.state().name()).isEqualTo(InstanceStateName.STOPPED);
    assertThat(stopped.publicIpAddress()).isNull();
    assertThat(stopped.privateIpAddress()).isEqualTo(first.privateIpAddress());
    assertThat(stopped.stateReason().code()).isEqualTo("Client.UserInitiatedShutdown");

    ec2.startInstances(r -> r.instanceIds(first.instanceId()));
    hosts.settle();
    Instance again = described(first.instanceId());
    assertThat(again.state().name()).isEqualTo(InstanceStateName.RUNNING);
    assertThat(again.privateIpAddress()).isEqualTo(first.privateIpAddress());
    assertThat(again.publicIpAddress()).startsWith("198.18.");
    assertThat(again.blockDeviceMappings()).isEqualTo(first.blockDeviceMappings());
  }

  @Test
  void aShutdownFromInsideMeansWhatTheUserChose() {
    Instance stops = launched();
    hosts.goOff(vmOf(stops), OffReason.GUEST);
    hosts.report();
    hosts.settle();
    assertThat(described(stops.instanceId()).state().name()).isEqualTo(InstanceStateName.STOPPED);
    assertThat(described(stops.instanceId()).stateReason().code())
        .isEqualTo("Client.InstanceInitiatedShutdown");

    Instance ends = launched();
    ec2.modifyInstanceAttribute(
        r ->
            r.instanceId(ends.instanceId())
                .instanceInitiatedShutdownBehavior(v -> v.value("terminate")));
    hosts.goOff(vmOf(ends), OffReason.GUEST);
    hosts.report();
    hosts.settle();
    assertThat(described(ends.instanceId()).state().name()).isEqualTo(InstanceStateName.TERMINATED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"CRASHED", "UNKNOWN"})
  void whatWasNotTheUsersWillIsStoppedAndNeverTerminated(String reason) {
    Instance instance = launched();
    ec2.modifyInstanceAttribute(
        r ->
            r.instanceId(instance.instanceId())
                .instanceInitiatedShutdownBehavior(v -> v.value("terminate")));
    hosts.goOff(vmOf(instance), OffReason.valueOf(reason));
    hosts.report();
    hosts.settle();
    Instance parked = described(instance.instanceId());
    assertThat(parked.state().name()).isEqualTo(InstanceStateName.STOPPED);
    assertThat(parked.stateReason().code()).isEqualTo("Server.InternalError");
    assertThat(parked.blockDeviceMappings()).hasSize(1);
  }

  @Test
  void theSameTokenLaunchesOnceAndOtherParametersAreRefused() {
    var first = ec2.runInstances(r -> oneNano(r).clientToken("t1"));
    var second = ec2.runInstances(r -> oneNano(r).clientToken("t1"));
    assertThat(second.reservationId()).isEqualTo(first.reservationId());
    assertThat(second.instances().getFirst().instanceId())
        .isEqualTo(first.instances().getFirst().instanceId());
    assertRefused(
        "IdempotentParameterMismatch",
        () ->
            ec2.runInstances(
                r -> oneNano(r).instanceType(InstanceType.T3_SMALL).clientToken("t1")));
    assertRefused(
        "IdempotentParameterMismatch",
        () -> ec2.runInstances(r -> oneNano(r).userData("eA==").clientToken("t1")));
  }

  @Test
  void aVolumeThatOutlivesItsInstanceIsDeletedByItsUserOnly() {
    Instance mine = launched();
    String volume = mine.blockDeviceMappings().getFirst().ebs().volumeId();
    ec2.modifyInstanceAttribute(
        r ->
            r.instanceId(mine.instanceId())
                .blockDeviceMappings(
                    m -> m.deviceName("/dev/xvda").ebs(e -> e.deleteOnTermination(false))));
    assertRefused("VolumeInUse", () -> ec2.deleteVolume(r -> r.volumeId(volume)));
    ec2.terminateInstances(r -> r.instanceIds(mine.instanceId()));
    hosts.settle();
    assertThat(ec2.describeVolumes(r -> r.volumeIds(volume)).volumes())
        .singleElement()
        .satisfies(v -> assertThat(v.stateAsString()).isEqualTo("available"));
    try (Ec2Client bob = TestClouds.ec2(port, accounts.create("bob", false))) {
      assertRefused("InvalidVolume.NotFound", () -> bob.deleteVolume(r -> r.volumeId(volume)));
    }
    assertRefused("InvalidVolume.NotFound", () -> ec2.deleteVolume(r -> r.volumeId("vol-1")));
    ec2.deleteVolume(r -> r.volumeId(volume));
    assertThat(ec2.describeVolumes(r -> r.volumeIds(volume)).volumes())
        .singleElement()
        .satisfies(v -> assertThat(v.stateAsString()).isEqualTo("deleting"));
    hosts.settle();
    assertRefused("InvalidVolume.NotFound", () -> ec2.describeVolumes(r -> r.volumeIds(volume)));
  }

  @Test
  void aDryRunLaunchesNothing() {
    assertRefused("DryRunOperation", () -> ec2.runInstances(r -> oneNano(r).dryRun(true)));
    assertThat(ec2.describeInstances().reservations()).isEmpty();
  }

  @Test
  void badLaunchesAreToldWhy() {
    assertRefused(
        "InvalidAMIID.Malformed", () -> ec2.runInstances(r -> oneNano(r).imageId("ami-1")));
    assertRefused(
        "InvalidAMIID.NotFound",
        () -> ec2.runInstances(r -> oneNano(r).imageId("ami-00000000000000000")));
    assertRefused("InvalidParameterValue", () -> ec2.runInstances(r -> oneNano(r).minCount(0)));
    assertRefused(
        "InvalidParameterValue", () -> ec2.runInstances(r -> oneNano(r).minCount(3).maxCount(2)));
    assertRefused(
        "InvalidParameterValue", () -> ec2.runInstances(r -> oneNano(r).instanceType("z9.huge")));
    assertRefused("InvalidKeyPair.NotFound", () -> ec2.runInstances(r -> oneNano(r).keyName("no")));
    assertRefused(
        "InvalidGroup.NotFound",
        () -> ec2.runInstances(r -> oneNano(r).securityGroupIds("sg-00000000000000000")));
    assertRefused(
        "InvalidSubnetID.NotFound",
        () -> ec2.runInstances(r -> oneNano(r).subnetId("subnet-00000000000000000")));
    assertRefused(
        "InsufficientInstanceCapacity",
        () -> ec2.runInstances(r -> oneNano(r).instanceType(InstanceType.R5_24_XLARGE)));
    assertRefused(
        "InsufficientInstanceCapacity",
        () -> ec2.runInstances(r -> oneNano(r).minCount(1000).maxCount(1000)));
    assertThat(ec2.describeInstances().reservations()).isEmpty();
  }

  @Test
  void describingCostsAFixedNumberOfStatements() {
    ec2.runInstances(r -> oneNano(r));
    hosts.settle();
    long one = statements.of(() -> ec2.describeInstances());
    long oneStatus = statements.of(() -> ec2.describeInstanceStatus());
    long oneVolume = statements.of(() -> ec2.describeVolumes());
    long oneInterface = statements.of(() -> ec2.describeNetworkInterfaces());
    ec2.runInstances(r -> oneNano(r).minCount(9).maxCount(9));
    hosts.settle();
    assertThat(statements.of(() -> ec2.describeInstances())).isEqualTo(one).isGreaterThan(3);
    assertThat(statements.of(() -> ec2.describeInstanceStatus())).isEqualTo(oneStatus);
    assertThat(statements.of(() -> ec2.describeVolumes())).isEqualTo(oneVolume);
    assertThat(statements.of(() -> ec2.describeNetworkInterfaces())).isEqualTo(oneInterface);
  }

  @Test
  void asManyAreLaunchedAsFitDownToMinCount() {
    // 4 processors 8 times over make 32: sixteen of two each.
    var reservation = ec2.runInstances(r -> oneNano(r).minCount(2).maxCount(40));
    assertThat(reservation.instances()).hasSize(16);
  }

  @Test
  void anotherAccountSeesAndTouchesNothing() {
    Instance mine = launched();
    try (Ec2Client bob = TestClouds.ec2(port, accounts.create("bob", false))) {
      assertThat(bob.describeInstances().reservations()).isEmpty();
      String id = mine.instanceId();
      assertRefused(
          "InvalidInstanceID.NotFound", () -> bob.describeInstances(r -> r.instanceIds(id)));
      assertRefused(
          "InvalidInstanceID.NotFound", () -> bob.terminateInstances(r -> r.instanceIds(id)));
      assertRefused("InvalidInstanceID.NotFound", () -> bob.stopInstances(r -> r.instanceIds(id)));
      assertRefused(
          "InvalidInstanceID.NotFound", () -> bob.rebootInstances(r -> r.instanceIds(id)));
      assertRefused(
          "InvalidInstanceID.NotFound", () -> bob.getConsoleOutput(r -> r.instanceId(id)));
      assertRefused(
          "InvalidInstanceID.NotFound",
          () -> bob.describeInstanceAttribute(r -> r.instanceId(id).attribute("userData")));
    }
  }

  @Test
  void protectionAgainstTerminationHolds() {
    Instance mine = launched();
    ec2.modifyInstanceAttribute(
        r -> r.instanceId(mine.instanceId()).disableApiTermination(v -> v.value(true)));
    assertRefused(
        "OperationNotPermitted",
        () -> ec2.terminateInstances(r -> r.instanceIds(mine.instanceId())));
    assertThat(described(mine.instanceId()).state().name()).isEqualTo(InstanceStateName.RUNNING);
  }

  @Test
  void changesNeedTheProperState() {
    Instance mine = launched();
    String id = mine.instanceId();
    assertRefused(
        "IncorrectInstanceState",
        () ->
            ec2.modifyInstanceAttribute(
                r -> r.instanceId(id).instanceType(v -> v.value("t3.small"))));
    ec2.stopInstances(r -> r.instanceIds(id));
    assertRefused("IncorrectInstanceState", () -> ec2.startInstances(r -> r.instanceIds(id)));
    assertRefused("IncorrectInstanceState", () -> ec2.rebootInstances(r -> r.instanceIds(id)));
    hosts.settle();
    ec2.modifyInstanceAttribute(r -> r.instanceId(id).instanceType(v -> v.value("t3.small")));
    ec2.startInstances(r -> r.instanceIds(id));
    hosts.settle();
    assertThat(described(id).instanceType()).isEqualTo(InstanceType.T3_SMALL);
    assertRefused(
        "InvalidParameterCombination",
        () ->
            ec2.modifyInstanceAttribute(
                r ->
                    r.instanceId(id)
                        .disableApiStop(v -> v.value(true))
                        .ebsOptimized(v -> v.value(true))));
  }

  @Test
  void aTerminateOvertakesALaunchOnAHostThatDoesNotAnswer() {
    hosts.reachable(false);
    String id = ec2.runInstances(r -> oneNano(r)).instances().getFirst().instanceId();
    ec2.terminateInstances(r -> r.instanceIds(id));
    assertThat(described(id).state().name()).isEqualTo(InstanceStateName.SHUTTING_DOWN);
    hosts.reachable(true);
    hosts.settle();
    Instance ended = described(id);
    assertThat(ended.state().name()).isEqualTo(InstanceStateName.TERMINATED);
    assertThat(ended.networkInterfaces()).isEmpty();
    assertThat(ended.securityGroups()).isEmpty();
  }

  /** Random calls between random steps of the engine and of the hosts, then everything settles. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void anyHistoryEndsInOrder(long seed) {
    Random random = new Random(seed);
    List<String> ids = new ArrayList<>();
    for (int step = 0; step < 40; step++) {
      switch (random.nextInt(10)) {
        case 0, 1 ->
            attempt(
                () ->
                    ec2.runInstances(r -> oneNano(r).maxCount(2)).instances().stream()
                        .map(Instance::instanceId)
                        .forEach(ids::add));
        case 2 -> onOne(random, ids, id -> ec2.stopInstances(r -> r.instanceIds(id)));
        case 3 -> onOne(random, ids, id -> ec2.startInstances(r -> r.instanceIds(id)));
        case 4 -> onOne(random, ids, id -> ec2.terminateInstances(r -> r.instanceIds(id)));
        case 5 -> onOne(random, ids, id -> ec2.rebootInstances(r -> r.instanceIds(id)));
        case 6 ->
            onOne(
                random,
                ids,
                id ->
                    jdbc.sql("SELECT id FROM vm WHERE instance_id = :i AND ended_at IS NULL")
                        .param("i", id)
                        .query(String.class)
                        .optional()
                        .ifPresent(
                            vm ->
                                hosts.goOff(
                                    vm,
                                    random.nextBoolean() ? OffReason.GUEST : OffReason.CRASHED)));
        case 7 -> hosts.reachable(random.nextBoolean());
        case 8 -> hosts.work();
        default -> hosts.report();
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        engine.runDue();
      }
    }
    hosts.reachable(true);
    hosts.settle();
    assertThat(
            ec2.describeInstances().reservations().stream()
                .flatMap(r -> r.instances().stream())
                .map(i -> i.state().name()))
        .as("seed %d", seed)
        .isSubsetOf(
            InstanceStateName.RUNNING, InstanceStateName.STOPPED, InstanceStateName.TERMINATED);
  }

  private static void onOne(
      Random random, List<String> ids, java.util.function.Consumer<String> call) {
    if (!ids.isEmpty()) {
      String id = ids.get(random.nextInt(ids.size()));
      attempt(() -> call.accept(id));
    }
  }

  private static void attempt(Runnable call) {
    try {
      call.run();
    } catch (Ec2Exception e) {
      assertThat(e.awsErrorDetails().errorCode())
          .isIn("IncorrectInstanceState", "InsufficientInstanceCapacity");
    }
  }

  private Instance launched() {
    String id = ec2.runInstances(r -> oneNano(r)).instances().getFirst().instanceId();
    hosts.settle();
    Instance running = described(id);
    assertThat(running.state().name()).isEqualTo(InstanceStateName.RUNNING);
    return running;
  }

  private software.amazon.awssdk.services.ec2.model.RunInstancesRequest.Builder oneNano(
      software.amazon.awssdk.services.ec2.model.RunInstancesRequest.Builder r) {
    return r.imageId(image).instanceType(InstanceType.T3_NANO).minCount(1).maxCount(1);
  }

  private Instance described(String id) {
    return ec2.describeInstances(r -> r.instanceIds(id))
        .reservations()
        .getFirst()
        .instances()
        .getFirst();
  }

  private String vmOf(Instance instance) {
    return jdbc.sql("SELECT id FROM vm WHERE instance_id = :i AND ended_at IS NULL")
        .param("i", instance.instanceId())
        .query(String.class)
        .single();
  }
}
