package io.hanok.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.services.ec2.model.CreateTagsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSpotPriceHistoryRequest;
import software.amazon.awssdk.services.ec2.model.ImportKeyPairRequest;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.iam.model.GetMfaDeviceRequest;
import software.amazon.awssdk.services.iam.model.ListUsersResponse;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/** The corners that a client which agrees with us would not show. */
class QueryCodecTest {
  private final QueryCodec ec2 = codec("ec2");
  private final List<String> unknown = new ArrayList<>();

  private static QueryCodec codec(String signingName) {
    return new QueryCodec(AwsServices.bySigningName(signingName).orElseThrow());
  }

  private <T extends SdkPojo> T read(Class<T> type, String action, String form) {
    return type.cast(
        ec2.parse(action, FormParameters.parse(form, FormParameters.Limits.STANDARD), unknown));
  }

  private WireException refusal(String action, String form) {
    WireException refused =
        catchThrowableOfType(WireException.class, () -> read(SdkPojo.class, action, form));
    assertThat(refused).as("refused").isNotNull();
    return refused;
  }

  @Test
  void servicesAreFoundByTheNameThatSignaturesUse() {
    assertThat(AwsServices.all().stream().map(AwsService::signingName))
        .containsExactly("ec2", "sts", "iam", "elasticloadbalancing", "autoscaling", "monitoring");
    assertThat(AwsServices.bySigningName("s3")).isEmpty();
  }

  @Test
  void operationsAreKnownByTheirWireNamesOnly() {
    QueryCodec iam = codec("iam");
    assertThat(iam.requestClass("GetMFADevice")).isEqualTo(GetMfaDeviceRequest.class);
    for (String action : List.of("GetMfaDevice", "getMFADevice", "", "../Foo", "RunInstances")) {
      assertThat(iam.inModel(action)).isFalse();
      assertThat(catchThrowableOfType(WireException.class, () -> iam.requestClass(action)).code())
          .isEqualTo("InvalidAction");
    }
  }

  @Test
  void listsMayStartAtZeroAndLeaveGapsAndComeInAnyOrder() {
    DescribeInstancesRequest request =
        read(
            DescribeInstancesRequest.class,
            "DescribeInstances",
            "InstanceId.10=c&InstanceId.2=b&InstanceId.0=a"
                + "&Filter.0.Name=n&Filter.0.Value.0=v&Filter.0.Value.007=w");
    assertThat(request.instanceIds()).containsExactly("a", "b", "c");
    assertThat(request.filters().getFirst().values()).containsExactly("v", "w");
    assertThat(unknown).isEmpty();
  }

  @Test
  void anEmptyListIsNotAnAbsentOne() {
    assertThat(
            read(DescribeInstancesRequest.class, "DescribeInstances", "InstanceId=")
                .hasInstanceIds())
        .isTrue();
    assertThat(
            read(DescribeInstancesRequest.class, "DescribeInstances", "DryRun=true")
                .hasInstanceIds())
        .isFalse();
    assertThat(unknown).isEmpty();
  }

  /** Taking it for an empty list would answer, or terminate, something else than was asked for. */
  @Test
  void aListWithoutNumbersIsRefusedWithAWordAboutIt() {
    WireException refused = refusal("DescribeInstances", "InstanceId=i-1");
    assertThat(refused.code()).isEqualTo("InvalidQueryParameter");
    assertThat(refused).hasMessageContaining("InstanceId.1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"InstanceId.1=a&InstanceId.01=b", "InstanceId.9999999999=a"})
  void indicesThatNameTwoPlacesOrNoneAreRefused(String form) {
    assertThat(refusal("DescribeInstances", form).code()).isEqualTo("InvalidQueryParameter");
  }

  @Test
  void whatNoMemberTakesIsReported() {
    read(
        DescribeInstancesRequest.class,
        "DescribeInstances",
        "Action=DescribeInstances&Version=2016-11-15&X-Amz-Date=d&MaxResults.1=3&Nonsense=1"
            + "&InstanceId.x=i&Filter.1.Nmae=n&Placement.A=1&Version.1=2");
    assertThat(unknown)
        .containsExactlyInAnyOrder(
            "MaxResults.1",
            "Nonsense",
            "InstanceId.x",
            "Filter.1.Nmae",
            "Placement.A",
            "Version.1");
  }

  @Test
  void userDataStaysTheBase64ItCameAs() {
    assertThat(read(RunInstancesRequest.class, "RunInstances", "UserData=IyEvYmluL3No").userData())
        .isEqualTo("IyEvYmluL3No");
  }

  @ParameterizedTest
  @CsvSource({
    "DescribeInstances, MaxResults=ten",
    "DescribeInstances, MaxResults=99999999999",
    "DescribeInstances, MaxResults=1.5",
    "DescribeInstances, MaxResults=",
    "DescribeInstances, DryRun=perhaps",
    "DescribeSpotPriceHistory, StartTime=soon",
    "DescribeSpotPriceHistory, StartTime=2025-13-01",
    "DescribeSpotPriceHistory, StartTime=1e999",
    "ImportKeyPair, PublicKeyMaterial=***",
  })
  void valuesOfAnotherTypeAreRefusedByName(String action, String form) {
    WireException refused = refusal(action, form);
    assertThat(refused.code()).isEqualTo("InvalidParameterValue");
    assertThat(refused.httpStatus()).isEqualTo(400);
    assertThat(refused).hasMessageContaining(form.substring(0, form.indexOf('=')));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "2025-01-31T12:00:00Z", "2025-01-31T12:00:00.000Z", "2025-01-31T13:00:00%2B01:00",
        "2025-01-31T12:00:00", "1738324800", "1738324800.0"
      })
  void timesAreReadInEveryFormThatClientsUse(String text) {
    assertThat(
            read(
                    DescribeSpotPriceHistoryRequest.class,
                    "DescribeSpotPriceHistory",
                    "StartTime=" + text)
                .startTime())
        .isEqualTo(Instant.parse("2025-01-31T12:00:00Z"));
  }

  @Test
  void base64MayBeWrappedInLines() {
    assertThat(
            read(ImportKeyPairRequest.class, "ImportKeyPair", "PublicKeyMaterial=c3No%0AIHJzYQ==")
                .publicKeyMaterial()
                .asUtf8String())
        .isEqualTo("ssh rsa");
  }

  @Test
  void anOperationWithNothingToSayReturnsTrue() {
    assertThat(ec2.marshal("CreateTags", CreateTagsResponse.builder().build(), "r"))
        .isEqualTo(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <CreateTagsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">\
            <requestId>r</requestId><return>true</return></CreateTagsResponse>""");
  }

  @Test
  void ec2WritesTheContainersOfListsThatNobodySet() {
    String none =
        ec2.marshal("DescribeInstances", DescribeInstancesResponse.builder().build(), "r");
    assertThat(none).contains("<reservationSet></reservationSet>").doesNotContain("nextToken");
    String one =
        ec2.marshal(
            "DescribeInstances",
            DescribeInstancesResponse.builder()
                .reservations(
                    Reservation.builder()
                        .instances(Instance.builder().instanceId("i-1").build())
                        .build())
                .build(),
            "r");
    assertThat(one)
        .contains("<instanceId>i-1</instanceId>")
        .contains("<tagSet></tagSet>")
        .contains("<networkInterfaceSet></networkInterfaceSet>")
        .doesNotContain("<placement>");
  }

  @Test
  void otherServicesWrapTheirResults() {
    assertThat(
            codec("sts")
                .marshal(
                    "GetCallerIdentity",
                    GetCallerIdentityResponse.builder().account("1&2").build(),
                    "r"))
        .isEqualTo(
            """
            <?xml version="1.0" encoding="UTF-8"?>
            <GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">\
            <GetCallerIdentityResult><Account>1&amp;2</Account></GetCallerIdentityResult>\
            <ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>\
            </GetCallerIdentityResponse>""");
    assertThat(
            codec("iam")
                .marshal("ListUsers", ListUsersResponse.builder().users(List.of()).build(), "r"))
        .contains("<ListUsersResult><Users></Users></ListUsersResult>");
  }

  @Test
  void aResponseOfAnotherOperationIsOurOwnMistake() {
    assertThatThrownBy(
            () -> ec2.marshal("DescribeInstances", CreateTagsResponse.builder().build(), "r"))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
