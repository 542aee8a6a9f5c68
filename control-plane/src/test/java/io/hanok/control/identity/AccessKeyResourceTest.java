package io.hanok.control.identity;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.control.ControlPlaneTest;
import io.hanok.control.NativeDoor;
import io.hanok.control.TestClouds;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import tools.jackson.databind.json.JsonMapper;

/** Operators make further keys for accounts; the keys sign. */
@ControlPlaneTest
class AccessKeyResourceTest {
  private static final JsonMapper JSON = JsonMapper.shared();

  @LocalServerPort int port;
  @Autowired Accounts accounts;

  @Test
  void anOperatorMakesAFurtherKeyOfAnAccount() throws Exception {
    var operator = accounts.create("operators", true);
    var bob = accounts.create("bob", false);
    HttpResponse<String> answer = post(operator, bob.accountId());
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    var second = JSON.readValue(answer.body(), Accounts.Credentials.class);
    assertThat(second.accessKeyId()).isNotEqualTo(bob.accessKeyId());
    assertThat(accountBehind(second)).isEqualTo(bob.accountId());
    assertThat(accountBehind(bob)).as("the first one stays good").isEqualTo(bob.accountId());
  }

  @Test
  void othersMakeNone() throws Exception {
    var bob = accounts.create("bob", false);
    refused(post(bob, bob.accountId()), 403, "UnauthorizedOperation");
    assertThat(post(null, bob.accountId()).statusCode()).isEqualTo(401);
  }

  @Test
  void anAccountThatIsNotThereGetsNone() throws Exception {
    var operator = accounts.create("operators", true);
    refused(post(operator, "000000000009"), 404, "NoSuchEntity");
    refused(post(operator, "x"), 404, "NoSuchEntity");
  }

  private HttpResponse<String> post(Accounts.Credentials who, String account) throws Exception {
    return NativeDoor.call(port, who, "POST", "/v1/accounts/" + account + "/access-keys", "");
  }

  private static void refused(HttpResponse<String> answer, int status, String code) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(JSON.readTree(answer.body()).get("code").asString()).isEqualTo(code);
  }

  private String accountBehind(Accounts.Credentials credentials) {
    try (var sts = TestClouds.sts(port, credentials)) {
      return sts.getCallerIdentity().account();
    }
  }
}
