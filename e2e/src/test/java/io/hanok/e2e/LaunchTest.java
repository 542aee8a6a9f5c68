package io.hanok.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.hanok.e2e.support.Guest;
import io.hanok.e2e.support.Shell;
import io.hanok.e2e.support.Stack;
import io.hanok.e2e.support.Trio;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/**
 * What a launch gives: guests that are what the API says of them, and that only their key opens.
 */
@Order(10)
@ExtendWith(Trio.Shared.class)
class LaunchTest {
  private final Stack stack = Stack.running();

  @Test
  void oneCallGivesThreeGuestsOfOneReservation(Trio trio) {
    assertThat(trio.launch().instances())
        .extracting(Instance::amiLaunchIndex)
        .containsExactly(0, 1, 2);
    assertThat(trio.launch().instances())
        .allSatisfy(
            launched -> assertThat(launched.state().name()).isEqualTo(InstanceStateName.PENDING));
    assertThat(new HashSet<>(trio.stream().map(Guest::privateAddress).toList())).hasSize(3);
    assertThat(new HashSet<>(trio.stream().map(Guest::publicAddress).toList())).hasSize(3);
    trio.stream()
        .forEach(
            guest -> {
              Instance described = guest.describe();
              assertThat(described.state().name()).isEqualTo(InstanceStateName.RUNNING);
              assertThat(guest.say("ip -4 -o addr show eth0"))
                  .contains(" " + described.privateIpAddress() + "/");
              assertThat(guest.say("hostname")).isEqualTo(described.privateDnsName());
              assertThat(guest.say("cat /sys/class/net/eth0/address"))
                  .isEqualTo(described.networkInterfaces().getFirst().macAddress());
              assertThat(guest.say("imds meta-data/instance-id")).isEqualTo(guest.id());
            });
  }

  @Test
  void userDataRanOnceAndAsRoot(Trio trio) {
    trio.stream().forEach(guest -> assertThat(guest.say("sudo cat /root/ran")).isEqualTo("0"));
  }

  @Test
  void onlyTheKeyOfTheLaunchLetsSomebodyIn(Trio trio) {
    try (Ec2Client ec2 = stack.ec2()) {
      String name = trio.tenant().name() + "-stranger";
      KeyPair stranger = Shell.keyPair(ec2.createKeyPair(r -> r.keyName(name)).keyMaterial());
      ec2.deleteKeyPair(r -> r.keyName(name));
      assertThat(trio.first().letsIn(Optional.of(stranger))).isFalse();
      assertThat(trio.first().letsIn(Optional.empty())).isFalse();
      assertThat(trio.first().letsIn(Optional.of(trio.tenant().key()))).isTrue();
    }
  }

  @Test
  void guestsAreFoundByTagsAndFilters(Trio trio) {
    try (Ec2Client ec2 = stack.ec2()) {
      List<String> all = trio.stream().map(Guest::id).toList();
      Filter story = filter("tag:story", trio.tenant().name());
      assertThat(found(ec2, story)).containsExactlyInAnyOrderElementsOf(all);
      assertThat(found(ec2, story, filter("instance-state-name", "stopped"))).isEmpty();
      assertThat(found(ec2, story, filter("private-ip-address", trio.second().privateAddress())))
          .containsExactly(trio.second().id());
      ec2.createTags(
          r -> r.resources(trio.third().id()).tags(t -> t.key("story-role").value("third")));
      assertThat(found(ec2, filter("tag-key", "story-role"), story))
          .containsExactly(trio.third().id());
      ec2.deleteTags(r -> r.resources(trio.third().id()).tags(t -> t.key("story-role")));
      assertThat(found(ec2, filter("tag-key", "story-role"), story)).isEmpty();
    }
  }

  private static List<String> found(Ec2Client ec2, Filter... filters) {
    return ec2.describeInstancesPaginator(r -> r.filters(filters)).reservations().stream()
        .flatMap(r -> r.instances().stream())
        .map(Instance::instanceId)
        .toList();
  }

  private static Filter filter(String name, String value) {
    return Filter.builder().name(name).values(value).build();
  }

  @Test
  void theConsoleTellsOfTheBootAndTheScreenIsAPicture(Trio trio) throws IOException {
    try (Ec2Client ec2 = stack.ec2()) {
      String id = trio.first().id();
      Stack.await(
          "the console of " + id,
          Duration.ofSeconds(30),
          () -> {
            String output = ec2.getConsoleOutput(r -> r.instanceId(id).latest(true)).output();
            return new String(Base64.getDecoder().decode(output), StandardCharsets.UTF_8)
                .contains("tiny: up after");
          });
      byte[] screen =
          Base64.getDecoder().decode(ec2.getConsoleScreenshot(r -> r.instanceId(id)).imageData());
      var picture = ImageIO.read(new ByteArrayInputStream(screen));
      assertThat(picture).as("a picture that Java can read").isNotNull();
      assertThat(picture.getWidth()).isGreaterThanOrEqualTo(320);
    }
  }

  @Test
  void guestsFindEachOtherByName(Trio trio) {
    String name = trio.second().describe().privateDnsName();
    assertThat(name).startsWith("ip-");
    assertThat(trio.first().say("nslookup " + name)).contains(trio.second().privateAddress());
    assertThat(trio.first().run("nslookup ip-172-31-255-254-no-such." + stack.region()).succeeded())
        .isFalse();
  }

  /** An SNTP request (RFC 4330: version 4, client) and its answer, as plain bytes. */
  @Test
  void theTimeServiceTellsTheTime(Trio trio) {
    String answer =
        trio.first()
            .say(
                "{ printf '\\043'; head -c 47 /dev/zero; } > /tmp/question;"
                    + " exec 3<>/dev/udp/169.254.169.123/123; cat /tmp/question >&3;"
                    + " timeout 5 head -c 48 <&3 | od -An -v -tx1 | tr -d ' \\n'");
    byte[] packet = HexFormat.of().parseHex(answer);
    assertThat(packet).hasSize(48);
    assertThat(packet[0] & 7).as("mode: server").isEqualTo(4);
    long since1900 = ByteBuffer.wrap(packet).getInt(40) & 0xffffffffL;
    assertThat(Instant.ofEpochSecond(since1900 - 2_208_988_800L))
        .isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
  }
}
