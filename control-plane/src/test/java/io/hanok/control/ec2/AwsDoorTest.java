package io.hanok.control.ec2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.control.ControlPlaneTest;
import io.hanok.control.TestClouds;
import io.hanok.control.identity.Accounts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.sts.StsClient;

@ControlPlaneTest
class AwsDoorTest {
  @LocalServerPort int port;
  @Autowired Accounts accounts;

  private Accounts.Credentials ann;

  @BeforeEach
  void anAccount() {
    ann = accounts.create("ann", false);
  }

  @Test
  void aSignedCallerLearnsWhoItIs() {
    try (StsClient sts = TestClouds.sts(port, ann)) {
      var me = sts.getCallerIdentity();
      assertThat(me.account()).isEqualTo(ann.accountId());
      assertThat(me.arn()).isEqualTo("arn:aws:iam::" + ann.accountId() + ":root");
    }
  }

  @Test
  void aWrongSecretIsRefused() {
    var wrong = new Accounts.Credentials(ann.accountId(), ann.accessKeyId(), "x".repeat(40));
    try (StsClient sts = TestClouds.sts(port, wrong)) {
      assertThatThrownBy(sts::getCallerIdentity)
          .isInstanceOfSatisfying(
              AwsServiceException.class,
              e -> {
                assertThat(e.awsErrorDetails().errorCode()).isEqualTo("SignatureDoesNotMatch");
                assertThat(e.statusCode()).isEqualTo(403);
              });
    }
  }

  @Test
  void anActionOfTheModelThatIsNotServedSaysSo() {
    try (Ec2Client ec2 = TestClouds.ec2(port, ann)) {
      assertThatThrownBy(() -> ec2.describeCarrierGateways(r -> {}))
          .isInstanceOfSatisfying(
              AwsServiceException.class,
              e -> assertThat(e.awsErrorDetails().errorCode()).isEqualTo("UnsupportedOperation"));
    }
  }

  @Test
  void anUnsignedCallIsToldInTheToolsForm() throws Exception {
    var answer = post("Action=DescribeInstances&Version=2016-11-15");
    assertThat(answer.statusCode()).isEqualTo(403);
    assertThat(answer.body())
        .contains("<Code>MissingAuthenticationToken</Code>")
        .contains("<RequestID>");
  }

  @Test
  void theAgentsPathsAreNotOnTheUsersPort() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      var answer =
          http.send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/agents/v1/join"))
                  .POST(HttpRequest.BodyPublishers.ofString("{}"))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      assertThat(answer.statusCode()).isEqualTo(404);
    }
  }

  private HttpResponse<String> post(String form) throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/"))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString(form))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
