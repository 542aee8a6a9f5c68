package io.hanok.control.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.control.BareHost;
import io.hanok.control.ControlPlaneTest;
import io.hanok.control.NativeDoor;
import io.hanok.control.identity.Accounts;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
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
    return NativeDoor.call(port, who, "GET", path, "");
  }

  private HttpResponse<String> post(Accounts.Credentials who, String body) throws Exception {
    return NativeDoor.call(port, who, "POST", "/v1/images", body);
  }
}
