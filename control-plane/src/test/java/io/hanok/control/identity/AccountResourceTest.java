package io.hanok.control.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.control.ControlPlaneTest;
import io.hanok.control.NativeDoor;
import io.hanok.control.TestClouds;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
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
    var answer = send(operator, "POST", "{\"name\": \" bob \"}");
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    JsonNode made = JSON.readTree(answer.body());
    String id = made.get("accountId").asString();
    JsonNode listed =
        JSON.readTree(send(operator, "GET", "").body())
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
    refused(send(bob, "GET", ""), 403, "UnauthorizedOperation");
    refused(send(bob, "POST", "{\"name\": \"eve\"}"), 403, "UnauthorizedOperation");
  }

  @Test
  void nobodyElseMakesAccountsAndNamesAreChecked() throws Exception {
    assertThat(send(null, "POST", "{\"name\": \"eve\"}").statusCode()).isEqualTo(401);
    assertThat(send(null, "GET", "").statusCode()).isEqualTo(401);
    int before = accounts.all().size();
    refused(send(operator, "POST", "{}"), 400, "MissingParameter");
    refused(send(operator, "POST", "{\"name\": \" \"}"), 400, "MissingParameter");
    refused(
        send(operator, "POST", "{\"name\": \"" + "x".repeat(129) + "\"}"),
        400,
        "InvalidParameterValue");
    assertThat(accounts.all()).hasSize(before);
  }

  @Test
  void anOperatorMakesAFurtherKeyOfAnAccount() throws Exception {
    var bob = accounts.create("bob", false);
    HttpResponse<String> answer = postKey(operator, bob.accountId());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    var second = JSON.readValue(answer.body(), Accounts.Credentials.class);
    assertThat(second.accessKeyId()).isNotEqualTo(bob.accessKeyId());
    assertThat(accountBehind(second)).isEqualTo(bob.accountId());
    assertThat(accountBehind(bob)).as("the first one stays good").isEqualTo(bob.accountId());
  }

  @Test
  void othersMakeNoKeys() throws Exception {
    var bob = accounts.create("bob", false);
    refused(postKey(bob, bob.accountId()), 403, "UnauthorizedOperation");
    assertThat(postKey(null, bob.accountId()).statusCode()).isEqualTo(401);
  }

  @Test
  void anAccountThatIsNotThereGetsNoKey() throws Exception {
    refused(postKey(operator, "000000000009"), 404, "NoSuchEntity");
    refused(postKey(operator, "x"), 404, "NoSuchEntity");
  }

  private static void refused(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(JSON.readTree(answer.body()).get("code").asString()).isEqualTo(code);
  }

  private HttpResponse<String> send(Accounts.Credentials who, String method, String body)
      throws Exception {
    return NativeDoor.call(port, who, method, "/v1/accounts", body);
  }

  private HttpResponse<String> postKey(Accounts.Credentials who, String account) throws Exception {
    return NativeDoor.call(port, who, "POST", "/v1/accounts/" + account + "/access-keys", "");
  }

  private String accountBehind(Accounts.Credentials credentials) {
    try (var sts = TestClouds.sts(port, credentials)) {
      return sts.getCallerIdentity().account();
    }
  }
}
