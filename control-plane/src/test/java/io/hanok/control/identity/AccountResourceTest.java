package io.hanok.control.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.control.ControlPlaneTest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The native door to accounts, signed as operators sign. */
@ControlPlaneTest
class AccountResourceTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @LocalServerPort int port;
  @Autowired Accounts accounts;

  private Accounts.Credentials operator;

  @BeforeEach
  void anOperator() {
    operator = accounts.create("operator", true);
  }

  @Test
  void anOperatorMakesAnAccountWhoseKeyWorksAndWhichIsNoOperator() throws Exception {
    var answer = send(operator, SdkHttpMethod.POST, "{\"name\": \" bob \"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    JsonNode made = JSON.readTree(answer.body());
    String id = made.get("accountId").asString();
    JsonNode listed =
        JSON.readTree(send(operator, SdkHttpMethod.GET, "").body())
            .get("accounts")
            .valueStream()
            .filter(a -> a.get("id").asString().equals(id))
            .findFirst()
            .orElseThrow();
    assertThat(listed.get("name").asString()).isEqualTo("bob");
    assertThat(listed.get("operator").asBoolean()).isFalse();
    var bob =
        new Accounts.Credentials(
            id, made.get("accessKeyId").asString(), made.get("secretAccessKey").asString());
    refused(send(bob, SdkHttpMethod.GET, ""), 403, "UnauthorizedOperation");
    refused(send(bob, SdkHttpMethod.POST, "{\"name\": \"eve\"}"), 403, "UnauthorizedOperation");
  }

  @Test
  void nobodyElseMakesAccountsAndNamesAreChecked() throws Exception {
    assertThat(send(null, SdkHttpMethod.POST, "{\"name\": \"eve\"}").statusCode()).isEqualTo(401);
    assertThat(send(null, SdkHttpMethod.GET, "").statusCode()).isEqualTo(401);
    int before = accounts.all().size();
    refused(send(operator, SdkHttpMethod.POST, "{}"), 400, "MissingParameter");
    refused(send(operator, SdkHttpMethod.POST, "{\"name\": \" \"}"), 400, "MissingParameter");
    refused(
        send(operator, SdkHttpMethod.POST, "{\"name\": \"" + "x".repeat(129) + "\"}"),
        400,
        "InvalidParameterValue");
    assertThat(accounts.all()).hasSize(before);
  }

  private static void refused(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(JSON.readTree(answer.body()).get("code").asString()).isEqualTo(code);
  }

  private HttpResponse<String> send(Accounts.Credentials who, SdkHttpMethod method, String body)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + "/v1/accounts");
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    var plain = HttpRequest.newBuilder(uri);
    if (who != null) {
      var signed =
          AwsV4HttpSigner.create()
              .sign(
                  r ->
                      r.identity(
                              AwsCredentialsIdentity.create(
                                  who.accessKeyId(), who.secretAccessKey()))
                          .request(SdkHttpRequest.builder().uri(uri).method(method).build())
                          .payload(() -> new java.io.ByteArrayInputStream(bytes))
                          .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "hanok")
                          .putProperty(AwsV4HttpSigner.REGION_NAME, "home-1"));
      signed
          .request()
          .headers()
          .forEach(
              (name, values) -> {
                if (!Set.of("host", "content-length")
                    .contains(name.toLowerCase(java.util.Locale.ROOT))) {
                  values.forEach(v -> plain.header(name, v));
                }
              });
    }
    if (bytes.length > 0) {
      plain.header("Content-Type", "application/json");
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          plain
              .method(
                  method.name(),
                  bytes.length == 0
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofByteArray(bytes))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
