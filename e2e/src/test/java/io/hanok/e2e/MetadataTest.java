package io.hanok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.e2e.support.Guest;
import io.hanok.e2e.support.Output;
import io.hanok.e2e.support.Stack;
import io.hanok.e2e.support.Trio;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.HttpTokensState;
import software.amazon.awssdk.services.ec2.model.InstanceMetadataEndpointState;

/** The metadata service as a guest has it, and the options that change it while the guest runs. */
@Order(20)
@ExtendWith(Trio.Shared.class)
class MetadataTest {
  private static final String V1 = "http GET http://169.254.169.254/latest/meta-data/instance-id";
  private static final Duration AT_ONCE = Duration.ofSeconds(20);

  private final Stack stack = Stack.running();

  @Test
  void aGuestLaunchedWithRequiredTokensIsToldNothingWithoutOne(Trio trio) {
    Output refused = trio.first().run(V1);
    assertThat(refused.exit()).isEqualTo(22);
    assertThat(refused.err().strip()).isEqualTo("401");
    assertThat(refused.out()).doesNotContain(trio.first().id());
    assertThat(trio.first().say("imds meta-data/instance-id")).isEqualTo(trio.first().id());
    assertThat(trio.first().run("imds meta-data/no-such-thing").err().strip()).isEqualTo("404");
  }

  @Test
  void metadataTellsOfThisGuestAndNoOther(Trio trio) {
    trio.stream()
        .forEach(
            guest -> {
              assertThat(guest.say("imds meta-data/local-ipv4")).isEqualTo(guest.privateAddress());
              assertThat(guest.say("imds meta-data/public-ipv4")).isEqualTo(guest.publicAddress());
              assertThat(guest.say("imds user-data")).isEqualTo(Trio.USER_DATA.strip());
              assertThat(guest.say("imds dynamic/instance-identity/document"))
                  .contains("\"" + guest.id() + "\"")
                  .contains("\"" + stack.region() + "\"");
            });
  }

  @Test
  void tokensAreRequiredOrNotWhileTheGuestRuns(Trio trio) {
    Guest guest = trio.second();
    try (Ec2Client ec2 = stack.ec2()) {
      ec2.modifyInstanceMetadataOptions(
          r -> r.instanceId(guest.id()).httpTokens(HttpTokensState.OPTIONAL));
      Stack.await("version 1", AT_ONCE, () -> guest.run(V1).out().strip().equals(guest.id()));
      assertThat(guest.say("imds meta-data/instance-id")).isEqualTo(guest.id());
      ec2.modifyInstanceMetadataOptions(
          r -> r.instanceId(guest.id()).httpTokens(HttpTokensState.REQUIRED));
      Stack.await("no version 1", AT_ONCE, () -> guest.run(V1).err().strip().equals("401"));
      assertThat(guest.say("imds meta-data/instance-id")).isEqualTo(guest.id());
    }
  }

  @Test
  void theServiceGoesAndComesBackWhileTheGuestRuns(Trio trio) {
    Guest guest = trio.second();
    try (Ec2Client ec2 = stack.ec2()) {
      ec2.modifyInstanceMetadataOptions(
          r -> r.instanceId(guest.id()).httpEndpoint(InstanceMetadataEndpointState.DISABLED));
      Stack.await(
          "no metadata", AT_ONCE, () -> !guest.run("imds meta-data/instance-id").succeeded());
      ec2.modifyInstanceMetadataOptions(
          r -> r.instanceId(guest.id()).httpEndpoint(InstanceMetadataEndpointState.ENABLED));
      Stack.await("metadata", AT_ONCE, () -> guest.run("imds meta-data/instance-id").succeeded());
    }
  }

  /** An answer whose time to live ends in the guest reaches no container or proxy behind it. */
  @Test
  void answersGoNoFurtherThanTheHopLimit(Trio trio) throws Exception {
    Guest guest = trio.third();
    try (Ec2Client ec2 = stack.ec2()) {
      assertThat(timeToLiveOfAnswers(guest)).isEqualTo(1);
      ec2.modifyInstanceMetadataOptions(r -> r.instanceId(guest.id()).httpPutResponseHopLimit(3));
      Stack.await("three hops", AT_ONCE, () -> timeToLiveOfAnswers(guest) == 3);
      ec2.modifyInstanceMetadataOptions(r -> r.instanceId(guest.id()).httpPutResponseHopLimit(1));
      Stack.await("one hop", AT_ONCE, () -> timeToLiveOfAnswers(guest) == 1);
    }
  }

  /** Of the answer to the request for a token, seen where it leaves for the guest. */
  private static int timeToLiveOfAnswers(Guest guest)
      throws InterruptedException, ExecutionException {
    String vpc = guest.describe().vpcId();
    String address = guest.privateAddress();
    CompletableFuture<Output> seen =
        CompletableFuture.supplyAsync(
            () ->
                Stack.inVpc(
                    vpc,
                    "timeout",
                    "20",
                    "tcpdump",
                    "-i",
                    "any",
                    "-n",
                    "-v",
                    "-l",
                    "-c",
                    "40",
                    "src host 169.254.169.254 and dst host " + address));
    // Asks until the capture, which begins at its own time, has seen enough.
    for (int i = 0; i < 15 && !seen.isDone(); i++) {
      guest.run("imds meta-data/instance-id");
    }
    return java.util.regex.Pattern.compile("ttl (\\d+)")
        .matcher(seen.get().out())
        .results()
        .mapToInt(m -> Integer.parseInt(m.group(1)))
        .min()
        .orElseThrow();
  }
}
