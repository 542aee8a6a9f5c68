package io.hanok.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.hanok.e2e.support.AccountKey;
import io.hanok.e2e.support.Stack;
import io.hanok.e2e.support.Tenant;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;

/** What the running stack refuses, and under which of EC2's codes. */
@Order(1)
class RefusalTest {
  private static final String QUERY = "Action=DescribeInstances&Version=2016-11-15";
  private static final Pattern CODE = Pattern.compile("<Code>([^<]+)</Code>");

  private final Stack stack = Stack.running();

  @Test
  void nobodyIsHeardWithoutAGoodSignature() throws Exception {
    AccountKey main = stack.main();
    assertThat(code(post(QUERY, null, Clock.systemUTC())))
        .isEqualTo("403 MissingAuthenticationToken");
    assertThat(code(post(QUERY, main, Clock.systemUTC()))).isEqualTo("200");
    AccountKey wrong = new AccountKey(main.accountId(), main.id(), "x".repeat(40));
    assertThat(code(post(QUERY, wrong, Clock.systemUTC()))).isEqualTo("403 SignatureDoesNotMatch");
    AccountKey nobody = new AccountKey(main.accountId(), "AKIANOSUCHKEYATALLXX", main.secret());
    assertThat(code(post(QUERY, nobody, Clock.systemUTC()))).isEqualTo("401 AuthFailure");
    Clock yesterday = Clock.fixed(Instant.now().minus(Duration.ofDays(1)), ZoneOffset.UTC);
    assertThat(code(post(QUERY, main, yesterday))).isEqualTo("400 RequestExpired");
  }

  @Test
  void aSignedRequestMustStillMakeSense() throws Exception {
    assertThat(code(signed("Action=NoSuchAction&Version=2016-11-15")))
        .isEqualTo("400 InvalidAction");
    assertThat(code(signed("Version=2016-11-15"))).isEqualTo("400 MissingAction");
    assertThat(code(signed(QUERY + "&InstanceId.1=%zz"))).isEqualTo("400 MalformedQueryString");
    assertThat(code(signed("Action=RunInstances&Version=2016-11-15&MinCount=few&MaxCount=1")))
        .isEqualTo("400 InvalidParameterValue");
  }

  private HttpResponse<String> signed(String query) throws IOException, InterruptedException {
    return post(query, stack.main(), Clock.systemUTC());
  }

  /** Sends a query that is signed by a key at the time of a clock, or not signed at all. */
  private HttpResponse<String> post(String query, AccountKey key, Clock clock)
      throws IOException, InterruptedException {
    URI uri = stack.endpoint().resolve("/");
    String type = "application/x-www-form-urlencoded; charset=utf-8";
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", type)
            .POST(HttpRequest.BodyPublishers.ofString(query));
    if (key != null) {
      AwsV4HttpSigner.create()
          .sign(
              r ->
                  r.identity(AwsCredentialsIdentity.create(key.id(), key.secret()))
                      .request(
                          SdkHttpRequest.builder()
                              .uri(uri)
                              .method(SdkHttpMethod.POST)
                              .putHeader("Content-Type", type)
                              .build())
                      .payload(
                          () -> new ByteArrayInputStream(query.getBytes(StandardCharsets.UTF_8)))
                      .putProperty(HttpSigner.SIGNING_CLOCK, clock)
                      .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "ec2")
                      .putProperty(AwsV4HttpSigner.REGION_NAME, stack.region()))
          .request()
          .headers()
          .forEach(
              (name, values) -> {
                if (!Set.of("host", "content-length", "content-type")
                    .contains(name.toLowerCase(Locale.ROOT))) {
                  values.forEach(value -> request.header(name, value));
                }
              });
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
  }

  private static String code(HttpResponse<String> answer) {
    String status = Integer.toString(answer.statusCode());
    var code = CODE.matcher(answer.body());
    return code.find() ? status + " " + code.group(1) : status;
  }

  @Test
  void launchesThatCannotBeAreRefusedAndLeaveNothing() {
    try (Tenant tenant = Tenant.of(stack, "refused")) {
      int before = instances(tenant.ec2()).size();
      assertThat(refused(tenant, r -> r.minCount(0).maxCount(0)))
          .isEqualTo("InvalidParameterValue");
      assertThat(refused(tenant, r -> r.minCount(2).maxCount(1)))
          .isEqualTo("InvalidParameterValue");
      assertThat(refused(tenant, r -> r.maxCount(1_000_000)))
          .isIn("InvalidParameterValue", "InstanceLimitExceeded");
      assertThat(refused(tenant, r -> r.instanceType("t3.enormous")))
          .isEqualTo("InvalidParameterValue");
      assertThat(refused(tenant, r -> r.instanceType("r5.24xlarge")))
          .isEqualTo("InsufficientInstanceCapacity");
      assertThat(refused(tenant, r -> r.imageId("ami-0123456789abcdef0")))
          .isEqualTo("InvalidAMIID.NotFound");
      assertThat(refused(tenant, r -> r.imageId("ami-nonsense")))
          .isEqualTo("InvalidAMIID.Malformed");
      assertThat(refused(tenant, r -> r.keyName("no-such-key")))
          .isEqualTo("InvalidKeyPair.NotFound");
      assertThat(refused(tenant, r -> r.securityGroupIds("sg-0123456789abcdef0")))
          .isEqualTo("InvalidGroup.NotFound");
      assertThat(refused(tenant, r -> r.subnetId("subnet-0123456789abcdef0")))
          .isEqualTo("InvalidSubnetID.NotFound");
      assertThat(refused(tenant, r -> r.userData("A".repeat(40_000))))
          .isIn("InvalidUserData.Malformed", "InvalidParameterValue");
      assertThat(refused(tenant, r -> r.blockDeviceMappings(root(16_000))))
          .as("a volume larger than the whole pool")
          .isEqualTo("InsufficientVolumeCapacity");
      assertThat(refused(tenant, r -> r.dryRun(true))).isEqualTo("DryRunOperation");
      assertThat(instances(tenant.ec2())).hasSize(before);
    }
  }

  private static BlockDeviceMapping root(int gib) {
    return BlockDeviceMapping.builder().deviceName("/dev/xvda").ebs(e -> e.volumeSize(gib)).build();
  }

  private static String refused(Tenant tenant, Consumer<RunInstancesRequest.Builder> how) {
    Ec2Exception refusal = catchThrowableOfType(Ec2Exception.class, () -> tenant.launch(how));
    assertThat(refusal).as("a refusal").isNotNull();
    return refusal.awsErrorDetails().errorCode();
  }

  private static List<String> instances(Ec2Client ec2) {
    return ec2.describeInstances().reservations().stream()
        .flatMap(r -> r.instances().stream())
        .map(i -> i.instanceId())
        .toList();
  }

  /** For another account, what is not its own is not there. */
  @Test
  void oneAccountNeverSeesOrTouchesWhatAnotherOwns() {
    try (Tenant tenant = Tenant.of(stack, "mine");
        Ec2Client other = stack.ec2(stack.createAccount("other"))) {
      String group = tenant.group();
      assertThat(code(() -> other.describeSecurityGroups(r -> r.groupIds(group))))
          .isEqualTo("InvalidGroup.NotFound");
      assertThat(
              code(
                  () ->
                      other.authorizeSecurityGroupIngress(
                          r ->
                              r.groupId(group)
                                  .ipProtocol("tcp")
                                  .fromPort(1)
                                  .toPort(1)
                                  .cidrIp("0.0.0.0/0"))))
          .isEqualTo("InvalidGroup.NotFound");
      assertThat(code(() -> other.describeKeyPairs(r -> r.keyNames(tenant.name()))))
          .isEqualTo("InvalidKeyPair.NotFound");
      String vpc = tenant.ec2().describeVpcs().vpcs().getFirst().vpcId();
      assertThat(code(() -> other.describeVpcs(r -> r.vpcIds(vpc))))
          .isEqualTo("InvalidVpcID.NotFound");
      assertThat(other.describeVpcs().vpcs()).hasSize(1);
      assertThat(instances(other)).isEmpty();
      for (String id : instances(tenant.ec2())) {
        assertThat(code(() -> other.terminateInstances(r -> r.instanceIds(id))))
            .isEqualTo("InvalidInstanceID.NotFound");
      }
      assertThat(
              code(
                  () -> other.createTags(r -> r.resources(group).tags(t -> t.key("a").value("b")))))
          .isEqualTo("InvalidGroup.NotFound");
    }
  }

  private static String code(org.assertj.core.api.ThrowableAssert.ThrowingCallable call) {
    Ec2Exception refusal = catchThrowableOfType(Ec2Exception.class, call);
    assertThat(refusal).as("a refusal").isNotNull();
    return refusal.awsErrorDetails().errorCode();
  }
}
