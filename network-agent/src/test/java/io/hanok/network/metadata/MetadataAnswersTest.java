package io.hanok.network.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.HostNetworkSpec.Metadata;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MetadataAnswersTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final String ID = "/latest/meta-data/instance-id";
  private static final Map<String, String> ENTRIES =
      Map.of(
          "meta-data/instance-id", "i-1",
          "meta-data/placement/region", "home-1",
          "meta-data/placement/availability-zone", "home-1a",
          "meta-data/public-keys/0/openssh-key", "ssh-ed25519 AAAA my key",
          "meta-data/public-keys/1/openssh-key", "ssh-ed25519 BBBB",
          "meta-data/public-keys/1=named", "",
          "dynamic/instance-identity/document", "{}");

  private final MetadataAnswers answers = new MetadataAnswers(tokens(NOW));

  private static MetadataTokens tokens(Instant now) {
    return new MetadataTokens(new byte[32], Clock.fixed(now, ZoneOffset.UTC), new Random(1));
  }

  private static Metadata metadata(boolean enabled, boolean required) {
    byte[] binary = {0, (byte) 0xff, 10};
    return new Metadata(enabled, required, 1, ENTRIES, Base64.getEncoder().encodeToString(binary));
  }

  private MetadataAnswer ask(String method, String path, Map<String, String> headers) {
    return answers.to(
        new MetadataRequest(method, path, headers, true), "eni-1", metadata(true, false));
  }

  private String get(String path) {
    MetadataAnswer answer = ask("GET", path, Map.of());
    assertThat(answer.status()).as(path).isEqualTo(200);
    return new String(answer.body(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void directoriesAreListedAsEc2Does() {
    assertThat(get("/")).startsWith("1.0\n").endsWith("latest");
    assertThat(get("/latest/")).isEqualTo("dynamic\nmeta-data\nuser-data");
    assertThat(get("/latest/meta-data")).isEqualTo("instance-id\nplacement/\npublic-keys/");
    assertThat(get("/latest/meta-data/placement/")).isEqualTo("availability-zone\nregion");
    assertThat(get("/latest/meta-data/public-keys/")).isEqualTo("0=my key\n1=named");
    assertThat(get("/latest/meta-data/public-keys/0")).isEqualTo("openssh-key");
    assertThat(get("/2009-04-04//meta-data/instance-id")).isEqualTo("i-1");
    assertThat(get("/latest/user-data")).isEqualTo("\0\u00ff\n");
    assertThat(ask("GET", "/latest/nothing", Map.of()).status()).isEqualTo(404);
    assertThat(ask("GET", "/1999-01-01/meta-data", Map.of()).status()).isEqualTo(404);
    assertThat(ask("POST", ID, Map.of()).status()).isEqualTo(405);
  }

  @Test
  void aSessionNeedsALifeAndNoProxy() {
    String ttl = "x-aws-ec2-metadata-token-ttl-seconds";
    for (String life : new String[] {"0", "21601", "-1", "x", ""}) {
      assertThat(ask("PUT", "/latest/api/token", Map.of(ttl, life)).status()).isEqualTo(400);
    }
    assertThat(ask("PUT", "/latest/api/token", Map.of()).status()).isEqualTo(400);
    assertThat(
            ask("PUT", "/latest/api/token", Map.of(ttl, "60", "x-forwarded-for", "1.2.3.4"))
                .status())
        .isEqualTo(403);
    assertThat(ask("GET", "/latest/api/token", Map.of()).status()).isEqualTo(405);
    MetadataAnswer session = ask("PUT", "/latest/api/token", Map.of(ttl, "21600"));
    assertThat(session.limited()).isTrue();
    assertThat(session.headers()).containsEntry("X-Aws-Ec2-Metadata-Token-Ttl-Seconds", "21600");
  }

  @Test
  void aTokenIsGoodForItsOwnerAndItsTime() {
    String token = tokens(NOW).issue("eni-1", Duration.ofSeconds(60));
    Map<String, String> with = Map.of("x-aws-ec2-metadata-token", token);
    Metadata required = metadata(true, true);
    MetadataRequest request = new MetadataRequest("GET", ID, with, true);
    assertThat(answers.to(request, "eni-1", required).status()).isEqualTo(200);
    assertThat(answers.to(request, "eni-2", required).status()).isEqualTo(401);
    var later = new MetadataAnswers(tokens(NOW.plusSeconds(60)));
    assertThat(later.to(request, "eni-1", required).status()).isEqualTo(401);
    var without = new MetadataRequest("GET", ID, Map.of(), true);
    assertThat(answers.to(without, "eni-1", required).status()).isEqualTo(401);
    var forged =
        new MetadataRequest("GET", ID, Map.of("x-aws-ec2-metadata-token", forge(token)), true);
    assertThat(answers.to(forged, "eni-1", metadata(true, false)).status()).isEqualTo(401);
    assertThat(answers.to(request, "eni-1", metadata(false, false)).status()).isEqualTo(403);
  }

  private static String forge(String token) {
    char other = token.charAt(30) == 'A' ? 'B' : 'A';
    return token.substring(0, 30) + other + token.substring(31);
  }

  @Test
  void requestsFollowEachOtherAndNonsenseIsRefused() throws IOException {
    var in = stream("PUT /a?b HTTP/1.1\r\nContent-Length: 3\r\n\r\nxyzGET /c HTTP/1.0\n\n");
    MetadataRequest first = MetadataRequest.read(in).orElseThrow();
    MetadataRequest second = MetadataRequest.read(in).orElseThrow();
    assertThat(first.path()).isEqualTo("/a");
    assertThat(first.keepAlive()).isTrue();
    assertThat(second.path()).isEqualTo("/c");
    assertThat(second.keepAlive()).isFalse();
    assertThat(MetadataRequest.read(in)).isEmpty();
    for (String nonsense :
        new String[] {
          "hello\r\n\r\n",
          "GET / HTTP/1.1\r\nA : b\r\n\r\n",
          "GET x HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n",
          "GET / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
          "GET /" + "a".repeat(9000) + " HTTP/1.1\r\n\r\n",
          "GET / HTTP/1.1\r\nhalf"
        }) {
      assertThatThrownBy(() -> MetadataRequest.read(stream(nonsense)))
          .isInstanceOf(MetadataRequest.Malformed.class);
    }
  }

  private static ByteArrayInputStream stream(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1));
  }
}
