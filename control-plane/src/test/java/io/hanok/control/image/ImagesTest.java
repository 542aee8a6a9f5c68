package io.hanok.control.image;

import static io.hanok.control.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostFacts;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.Observation;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.id.HostId;
import io.hanok.control.BareHost;
import io.hanok.control.ControlPlaneTest;
import io.hanok.control.TestClouds;
import io.hanok.control.agentclient.AgentDocuments;
import io.hanok.control.agentclient.Observations;
import io.hanok.control.identity.Accounts;
import io.hanok.control.reconcile.ReconcileEngine;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.DescribeImagesRequest;
import software.amazon.awssdk.services.ec2.model.LaunchPermission;

/** Images from their import to their end, as their owner, others and hosts see them. */
@ControlPlaneTest
class ImagesTest {
  private static final String HOST = "host-00000000000000ccc";
  private static final String SHA256 = "ab".repeat(32);

  @LocalServerPort int port;
  @Autowired Accounts accounts;
  @Autowired Images images;
  @Autowired AgentDocuments documents;
  @Autowired Observations observations;
  @Autowired ReconcileEngine engine;
  @Autowired JdbcClient jdbc;
  @Autowired TransactionTemplate transactions;

  private final BareHost host = new BareHost(HOST, "home-1c", "fast");
  private Caller operator;
  private Caller bob;
  private Ec2Client ec2;
  private Ec2Client bobs;
  private int sequence;

  @BeforeEach
  void aHostWithAPool() {
    var ours = accounts.create("ours", true);
    var his = accounts.create("bob", false);
    operator = new Caller(ours.accountId(), ours.accessKeyId(), true);
    bob = new Caller(his.accountId(), his.accessKeyId(), false);
    ec2 = TestClouds.ec2(port, ours);
    bobs = TestClouds.ec2(port, his);
    host.add(jdbc);
  }

  @AfterEach
  void close() {
    ec2.close();
    bobs.close();
    host.remove(jdbc);
  }

  @Test
  void anImportIsFollowedFromItsRequestToItsLaunch() {
    String id = images.importImage(operator, tiny("tiny-1", false));
    var view = documents.find(HOST, DocumentKind.IMAGE, id).orElseThrow();
    assertThat(view.spec())
        .isEqualTo(
            new ImageSpec(
                new io.hanok.agent.api.id.ImageId(id), "fast", "file:///tiny.qcow2", null));
    assertThat(described(id).stateAsString()).isEqualTo("pending");
    assertRefusedHere(
        () -> images.requireLaunchable(operator, id), ErrorCode.INVALID_AMI_ID_UNAVAILABLE);

    report(id, false, new ResourceStatus.Image(false, 40, null, null, 0), null);
    assertThat(images.require(operator, id).progressPercent()).isEqualTo(40);
    assertThat(ec2.describeSnapshots(r -> r.ownerIds("self")).snapshots().get(0).progress())
        .isEqualTo("40%");

    report(id, true, new ResourceStatus.Image(true, 100, SHA256, "qcow2", (2L << 30) + 1), null);
    var done = described(id);
    assertThat(done.stateAsString()).isEqualTo("available");
    assertThat(done.rootDeviceName())
        .isEqualTo(done.blockDeviceMappings().get(0).deviceName())
        .isEqualTo("/dev/xvda");
    assertThat(done.blockDeviceMappings().get(0).ebs().volumeSize()).isEqualTo(3);
    assertThat(done.creationDate()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
    assertThat(done.architectureAsString()).isEqualTo("x86_64");
    var snapshot =
        ec2.describeSnapshots(
                r -> r.snapshotIds(done.blockDeviceMappings().get(0).ebs().snapshotId()))
            .snapshots()
            .get(0);
    assertThat(snapshot.stateAsString()).isEqualTo("completed");
    assertThat(snapshot.progress()).isEqualTo("100%");
    assertThat(snapshot.volumeSize()).isEqualTo(3);

    Image launchable = images.requireLaunchable(operator, id);
    assertThat(images.specOn(launchable, "slow"))
        .isEqualTo(
            new ImageSpec(
                new io.hanok.agent.api.id.ImageId(id), "slow", "file:///tiny.qcow2", SHA256));
    assertThat(documents.find(HOST, DocumentKind.IMAGE, id).orElseThrow().spec())
        .as("a launch on the importing host asks for nothing new")
        .isEqualTo(images.specOn(launchable, "fast"));
  }

  @Test
  void anImportThatCannotSucceedFailsWithItsReasonAndFreesItsName() {
    String id = images.importImage(operator, tiny("tiny-2", false));
    report(id, false, null, new AgentFault(AgentFault.Code.HOST_ERROR, "try again"));
    assertThat(described(id).stateAsString()).isEqualTo("pending");
    report(id, false, null, new AgentFault(AgentFault.Code.SOURCE_UNUSABLE, "no such file"));
    assertThat(described(id).stateAsString()).isEqualTo("failed");
    assertThat(described(id).stateReason().message()).isEqualTo("no such file");
    assertRefusedHere(
        () -> images.requireLaunchable(operator, id), ErrorCode.INVALID_AMI_ID_UNAVAILABLE);
    assertThat(documents.find(HOST, DocumentKind.IMAGE, id).orElseThrow().spec()).isNull();
    report(id, true, new ResourceStatus.Absent(), null);
    assertThat(documents.find(HOST, DocumentKind.IMAGE, id)).isEmpty();
    images.importImage(operator, tiny("tiny-2", false));
  }

  @Test
  void aDeregisteredImageLeavesItsHostAndTakesItsSnapshotAlong() {
    String id = available("tiny-3", false);
    String snapshot = described(id).blockDeviceMappings().get(0).ebs().snapshotId();
    var answer = ec2.deregisterImage(r -> r.imageId(id).deleteAssociatedSnapshots(true));
    assertThat(answer.returnValue()).isTrue();
    assertThat(answer.deleteSnapshotResults().get(0).snapshotId()).isEqualTo(snapshot);
    assertRefused("InvalidAMIID.NotFound", () -> described(id), id);
    assertRefused(
        "InvalidSnapshot.NotFound", () -> ec2.describeSnapshots(r -> r.snapshotIds(snapshot)));
    assertRefusedHere(
        () -> images.requireLaunchable(operator, id), ErrorCode.INVALID_AMI_ID_NOT_FOUND);
    assertRefused("InvalidAMIID.NotFound", () -> ec2.deregisterImage(r -> r.imageId(id)));

    settleWork();
    assertThat(documents.find(HOST, DocumentKind.IMAGE, id).orElseThrow().spec()).isNull();
    report(id, true, new ResourceStatus.Absent(), null);
    assertThat(documents.find(HOST, DocumentKind.IMAGE, id)).isEmpty();
  }

  @Test
  void anImagesBaseStaysWhileAVolumeIsBeingMadeFromIt() {
    String id = available("tiny-4", false);
    String volume = "vol-00000000000000ccc";
    jdbc.sql(
            """
            INSERT INTO volume (id, account_id, zone, host_id, pool, size_gib, source_image_id)
            VALUES (:id, :account, 'home-1c', :host, 'fast', 1, :image)
            """)
        .param("id", volume)
        .param("account", operator.accountId())
        .param("host", HOST)
        .param("image", id)
        .update();
    ec2.deregisterImage(r -> r.imageId(id));
    settleWork();
    assertThat(documents.find(HOST, DocumentKind.IMAGE, id).orElseThrow().spec()).isNotNull();

    jdbc.sql(
            """
            INSERT INTO observation (host_id, kind, key, generation, settled, status)
            VALUES (:host, 'volume', :id, 1, true,
              '{"type":"Volume","path":"/x","sizeBytes":1}')
            """)
        .param("host", HOST)
        .param("id", volume)
        .update();
    jdbc.sql("UPDATE work_item SET due_at = now() WHERE kind = 'image'").update();
    settleWork();
    assertThat(documents.find(HOST, DocumentKind.IMAGE, id).orElseThrow().spec()).isNull();
  }

  @Test
  void aPrivateImageIsSharedByItsOwnerAlone() {
    String id = available("tiny-5", false);
    assertRefused("InvalidAMIID.NotFound", () -> bobs.describeImages(r -> r.imageIds(id)));
    assertRefusedHere(() -> images.requireLaunchable(bob, id), ErrorCode.INVALID_AMI_ID_NOT_FOUND);
    assertRefused(
        "InvalidAMIID.NotFound",
        () ->
            bobs.modifyImageAttribute(
                r -> r.imageId(id).launchPermission(l -> l.add(p -> p.group("all")))));

    ec2.modifyImageAttribute(
        r -> r.imageId(id).launchPermission(l -> l.add(p -> p.userId(bob.accountId()))));
    assertThat(images.requireLaunchable(bob, id).id()).isEqualTo(id);
    assertThat(ids(bobs, r -> r.executableUsers("self"))).containsExactly(id);
    assertThat(ids(ec2, r -> r.executableUsers(bob.accountId()))).containsExactly(id);
    assertThat(permissions(id))
        .extracting(LaunchPermission::userId)
        .containsExactly(bob.accountId());
    assertRefused("AuthFailure", () -> bobs.deregisterImage(r -> r.imageId(id)));
    assertRefused(
        "AuthFailure",
        () -> bobs.describeImageAttribute(r -> r.imageId(id).attribute("launchPermission")));

    ec2.modifyImageAttribute(
        r ->
            r.imageId(id)
                .attribute("launchPermission")
                .operationType("remove")
                .userIds(bob.accountId()));
    assertRefused("InvalidAMIID.NotFound", () -> bobs.describeImages(r -> r.imageIds(id)));

    ec2.modifyImageAttribute(
        r ->
            r.imageId(id)
                .attribute("launchPermission")
                .operationType("add")
                .userGroups("all")
                .userIds(bob.accountId()));
    assertThat(permissions(id)).hasSize(2);
    assertThat(ids(bobs, r -> r.executableUsers("all"))).contains(id);
    ec2.resetImageAttribute(r -> r.imageId(id).attribute("launchPermission"));
    assertThat(permissions(id)).isEmpty();
  }

  @Test
  void malformedAttributeChangesAreRefused() {
    String id = available("tiny-6", false);
    assertRefused(
        "InvalidAMIAttributeItemValue",
        () ->
            ec2.modifyImageAttribute(
                r -> r.imageId(id).launchPermission(l -> l.add(p -> p.userId("bob")))));
    assertRefused(
        "InvalidAMIAttributeItemValue",
        () ->
            ec2.modifyImageAttribute(
                r -> r.imageId(id).launchPermission(l -> l.add(p -> p.group("some")))));
    assertRefused(
        "InvalidParameterCombination",
        () ->
            ec2.modifyImageAttribute(
                r ->
                    r.imageId(id)
                        .description(d -> d.value("x"))
                        .launchPermission(l -> l.add(p -> p.group("all")))));
    assertRefused("MissingParameter", () -> ec2.modifyImageAttribute(r -> r.imageId(id)));
    assertRefused(
        "InvalidParameterValue",
        () -> ec2.modifyImageAttribute(r -> r.imageId(id).attribute("colour").value("x")));
    assertRefused(
        "InvalidParameterValue",
        () -> ec2.resetImageAttribute(r -> r.imageId(id).attribute("description")));

    ec2.modifyImageAttribute(r -> r.imageId(id).description(d -> d.value("better")));
    assertThat(
            ec2.describeImageAttribute(r -> r.imageId(id).attribute("description"))
                .description()
                .value())
        .isEqualTo("better");
    assertThat(
            ec2.describeImageAttribute(r -> r.imageId(id).attribute("blockDeviceMapping"))
                .blockDeviceMappings())
        .hasSize(1);
  }

  @Test
  void imagesAreFoundByOwnerAndFilter() {
    String one = available("find-one", true);
    String two = available("find-two", false);
    Caller asOperator = new Caller(bob.accountId(), bob.accessKeyId(), true);
    String his = images.importImage(asOperator, new ImportImage("his", "", web(), SHA256, true));
    assertThat(ids(ec2, r -> r.owners("self"))).containsExactlyInAnyOrder(one, two);
    assertThat(ids(bobs, r -> r.owners("amazon"))).contains(one).doesNotContain(two, his);
    assertThat(ids(bobs, r -> r.owners(operator.accountId()))).containsExactly(one);
    assertThat(ids(bobs, r -> r.owners("self"))).containsExactly(his);
    assertThat(ids(ec2, r -> r.owners(bob.accountId()))).as("not yet available").isEmpty();
    assertThat(ids(ec2, r -> r.owners("aws-marketplace"))).isEmpty();
    assertThat(bobs.describeImages(r -> r.imageIds(one)).images().get(0).imageOwnerAlias())
        .isEqualTo("amazon");

    assertThat(mine("name", "find-o*")).containsExactly(one);
    assertThat(mine("is-public", "false")).containsExactly(two);
    assertThat(mine("state", "available")).containsExactlyInAnyOrder(one, two);
    assertThat(mine("state", "failed")).isEmpty();
    assertThat(mine("owner-alias", "amazon")).containsExactly(one);
    assertThat(mine("block-device-mapping.volume-size", "1")).hasSize(2);
    assertThat(mine("creation-date", described(one).creationDate())).contains(one);
    for (String same :
        List.of(
            "architecture=x86_64",
            "virtualization-type=hvm",
            "root-device-type=ebs",
            "image-type=machine",
            "hypervisor=xen",
            "platform-details=Linux/*",
            "root-device-name=/dev/xvda",
            "block-device-mapping.volume-type=gp3",
            "owner-id=" + operator.accountId())) {
      assertThat(mine(same.split("=")[0], same.split("=")[1])).as(same).hasSize(2);
    }
    ec2.createTags(r -> r.resources(one).tags(t -> t.key("os").value("tiny")));
    assertThat(mine("tag:os", "tiny")).containsExactly(one);
    assertThat(bobs.describeImages(r -> r.imageIds(one)).images().get(0).tags())
        .as("tags are their owner's")
        .isEmpty();
    assertThat(ec2.describeImagesPaginator(r -> r.owners("self").maxResults(1)).images())
        .hasSize(2);

    assertRefused("InvalidParameterValue", () -> mine("colour", "red"));
    assertRefused("InvalidParameterValue", () -> ids(ec2, r -> r.owners("me")));
    assertRefused("InvalidAMIID.Malformed", () -> ids(ec2, r -> r.imageIds("ami-1")));
    assertRefused(
        "InvalidAMIID.NotFound",
        () -> ids(ec2, r -> r.imageIds(one, "ami-0123456789abcdef0")),
        "ami-0123456789abcdef0");
  }

  @Test
  void snapshotsAreFoundAndNobodyElses() {
    String image = available("snap", true);
    String id = described(image).blockDeviceMappings().get(0).ebs().snapshotId();
    assertThat(snapshots("snapshot-id", id)).isEqualTo(1);
    assertThat(snapshots("status", "completed")).isEqualTo(1);
    assertThat(snapshots("progress", "100%")).isEqualTo(1);
    assertThat(snapshots("volume-size", "1")).isEqualTo(1);
    assertThat(snapshots("volume-id", "vol-ffffffff")).isEqualTo(1);
    assertThat(snapshots("owner-id", operator.accountId())).isEqualTo(1);
    assertThat(snapshots("description", "*snap*")).isEqualTo(1);
    assertThat(snapshots("encrypted", "true")).isZero();
    var one = ec2.describeSnapshots(r -> r.restorableByUserIds("self")).snapshots().get(0);
    assertThat(one.encrypted()).isFalse();
    assertThat(one.storageTierAsString()).isEqualTo("standard");
    assertThat(one.volumeId()).isEqualTo("vol-ffffffff");
    assertThat(one.startTime()).isNotNull();
    assertThat(bobs.describeSnapshots().snapshots()).isEmpty();
    assertRefused("InvalidSnapshot.NotFound", () -> bobs.describeSnapshots(r -> r.snapshotIds(id)));
    assertRefused(
        "InvalidSnapshot.NotFound", () -> ec2.describeSnapshots(r -> r.snapshotIds("snap-1")));
    assertRefused("InvalidParameterValue", () -> ec2.describeSnapshots(r -> r.ownerIds("me")));
  }

  @Test
  void importsThatCannotBeAreRefused() {
    assertRefusedHere(
        () -> images.importImage(bob, tiny("his", false)), ErrorCode.UNAUTHORIZED_OPERATION);
    assertRefusedHere(
        () -> images.importImage(bob, new ImportImage("his", "", web(), SHA256, false)),
        ErrorCode.UNAUTHORIZED_OPERATION);
    images.importImage(operator, tiny("taken", false));
    assertRefusedHere(
        () -> images.importImage(operator, tiny("taken", false)),
        ErrorCode.INVALID_AMI_NAME_DUPLICATE);
    assertRefusedHere(() -> tiny("x", false), ErrorCode.INVALID_AMI_NAME_MALFORMED);
    assertRefusedHere(() -> tiny("a#b", false), ErrorCode.INVALID_AMI_NAME_MALFORMED);
    for (String source : List.of("ftp://x/y", "file:relative", "file://other/x", "/x", "http:x")) {
      assertRefusedHere(
          () -> new ImportImage("abc", "", URI.create(source), null, false),
          ErrorCode.INVALID_PARAMETER_VALUE);
    }
    assertRefusedHere(
        () -> new ImportImage("abc", "", web(), "ab", false), ErrorCode.INVALID_PARAMETER_VALUE);
    transactions.executeWithoutResult(
        status -> {
          jdbc.sql("DELETE FROM pool").update();
          assertRefusedHere(
              () -> images.importImage(operator, tiny("no-host", false)),
              ErrorCode.INSUFFICIENT_VOLUME_CAPACITY);
          status.setRollbackOnly();
        });
  }

  private String available(String name, boolean isPublic) {
    String id = images.importImage(operator, tiny(name, isPublic));
    report(id, true, new ResourceStatus.Image(true, 100, SHA256, "qcow2", 1 << 20), null);
    assertThat(described(id).stateAsString()).isEqualTo("available");
    return id;
  }

  /** The host reports on its present document of the image, and the control plane acts on it. */
  private void report(String id, boolean settled, ResourceStatus status, AgentFault fault) {
    long generation = documents.find(HOST, DocumentKind.IMAGE, id).orElseThrow().generation();
    observations.store(
        new AgentReport(
            new HostId(HOST),
            AgentName.STORAGE,
            Instant.EPOCH,
            ++sequence,
            "test",
            HostFacts.NONE,
            List.of(new Observation(DocumentKind.IMAGE, id, generation, settled, status, fault)),
            List.of()));
    settleWork();
  }

  private void settleWork() {
    while (engine.runDue() > 0) {
      // Until nothing is due at once.
    }
  }

  private software.amazon.awssdk.services.ec2.model.Image described(String id) {
    return ec2.describeImages(r -> r.imageIds(id)).images().get(0);
  }

  private List<LaunchPermission> permissions(String id) {
    return ec2.describeImageAttribute(r -> r.imageId(id).attribute("launchPermission"))
        .launchPermissions();
  }

  private static List<String> ids(Ec2Client client, Consumer<DescribeImagesRequest.Builder> query) {
    return client.describeImages(query).images().stream()
        .map(software.amazon.awssdk.services.ec2.model.Image::imageId)
        .toList();
  }

  private List<String> mine(String filter, String value) {
    return ids(ec2, r -> r.owners("self").filters(f -> f.name(filter).values(value)));
  }

  private int snapshots(String filter, String value) {
    return ec2.describeSnapshots(r -> r.filters(f -> f.name(filter).values(value)))
        .snapshots()
        .size();
  }

  private static ImportImage tiny(String name, boolean isPublic) {
    return new ImportImage(name, "a tiny one", URI.create("file:///tiny.qcow2"), null, isPublic);
  }

  private static URI web() {
    return URI.create("https://images.example/x.qcow2");
  }

  private static void assertRefusedHere(ThrowingCallable call, ErrorCode code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(CloudException.class, e -> assertThat(e.code()).isEqualTo(code));
  }
}
