package io.hanok.control.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.control.BareHost;
import io.hanok.control.ControlPlaneTest;
import io.hanok.control.identity.Accounts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The native door to images, signed as the hanok command signs. */
@ControlPlaneTest
class ImageResourceTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @LocalServerPort int port;
  @Autowired Accounts accounts;
  @Autowired JdbcClient jdbc;

  private final BareHost host = new BareHost("host-00000000000000ddd", "home-1d", "default");
  private Accounts.Credentials ours;
  private Accounts.Credentials bob;

  @BeforeEach
  void aHostWithAPool() {
    ours = accounts.create("ours", true);
    bob = accounts.create("bob", false);
    host.add(jdbc);
  }

  @AfterEach
  void noHost() {
    host.remove(jdbc);
  }

  @Test
  void anOperatorImportsAFileAndFollowsIt() throws Exception {
    var answer =
        post(
            ours,
            """
            {"name": "native-1", "description": "d", "source": "file:///x.qcow2",
             "sha256": "%s", "public": true}
            """
                .formatted("AB".repeat(32)));
    assertThat(answer.statusCode()).isEqualTo(202);
    JsonNode made = JSON.readTree(answer.body());
    String id = made.get("id").asString();
    assertThat(id).matches("ami-[0-9a-f]{17}");
    assertThat(made.get("state").asString()).isEqualTo("pending");
    assertThat(made.get("public").asBoolean()).isTrue();
    assertThat(made.get("sha256").asString()).isEqualTo("ab".repeat(32));

    JsonNode one = JSON.readTree(get(ours, "/v1/images/" + id).body());
    assertThat(one.get("progressPercent").asInt()).isZero();
    assertThat(one.get("source").asString()).isEqualTo("file:///x.qcow2");
    JsonNode all = JSON.readTree(get(ours, "/v1/images").body());
    assertThat(all.get("images").valueStream().map(i -> i.get("id").asString())).contains(id);
    assertThat(get(bob, "/v1/images/" + id).statusCode()).as("not available yet").isEqualTo(404);
  }

  @Test
  void errorsAreProblemDetails() throws Exception {
    problem(get(null, "/v1/images"), 401, null);
    problem(post(bob, "{\"name\":\"abc\",\"source\":\"file:///x\"}"), 403, "UnauthorizedOperation");
    problem(
        post(bob, "{\"name\":\"abc\",\"source\":\"http://h/x\"}"), 403, "UnauthorizedOperation");
    problem(get(ours, "/v1/images/ami-0123456789abcdef0"), 404, "InvalidAMIID.NotFound");
    problem(get(ours, "/v1/images/ami-1"), 400, "InvalidAMIID.Malformed");
    problem(post(ours, "{\"name\":\"abc\"}"), 400, "MissingParameter");
    problem(post(ours, "{\"name\":\"abc\",\"source\":\"a b\"}"), 400, "InvalidParameterValue");
    problem(post(ours, "{"), 400, null);
    String body = "{\"name\":\"twice\",\"source\":\"http://h/x\"}";
    assertThat(post(ours, body).statusCode()).isEqualTo(202);
    problem(post(ours, body), 409, "InvalidAMIName.Duplicate");
  }

  private static void problem(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type"))
        .hasValueSatisfying(t -> assertThat(t).startsWith("application/problem+json"));
    JsonNode problem = JSON.readTree(answer.body());
    assertThat(problem.get("status").asInt()).isEqualTo(status);
    assertThat(problem.get("detail").asString()).isNotBlank();
    if (code != null) {
      assertThat(problem.get("code").asString()).isEqualTo(code);
    }
  }

  private HttpResponse<String> get(Accounts.Credentials who, String path) throws Exception {
    return send(who, SdkHttpMethod.GET, path, "");
  }

  private HttpResponse<String> post(Accounts.Credentials who, String body) throws Exception {
    return send(who, SdkHttpMethod.POST, "/v1/images", body);
  }

  private HttpResponse<String> send(
      Accounts.Credentials who, SdkHttpMethod method, String path, String body) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
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
