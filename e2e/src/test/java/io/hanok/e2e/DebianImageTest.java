package io.hanok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.e2e.support.Guest;
import io.hanok.e2e.support.Stack;
import io.hanok.e2e.support.Tenant;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.services.ec2.model.BlockDeviceMapping;

/** A whole distribution with cloud-init, whose boot takes minutes where guests are emulated. */
@Tag("soak")
@Order(90)
class DebianImageTest {
  private static final Duration SLOW = Duration.ofMinutes(10);

  private static final String USER_DATA =
      """
      #!/bin/sh
      id -u >> /root/ran
      """;

  @Test
  @Timeout(900)
  void cloudInitMakesADebianTheInstanceThatItsMetadataDescribes() {
    Stack stack = Stack.running();
    try (Tenant tenant = Tenant.of(stack, "debian")) {
      Guest guest =
          tenant.launch(
              r ->
                  r.imageId(stack.image("hanok-debian-12"))
                      .instanceType("t3.micro")
                      .blockDeviceMappings(
                          BlockDeviceMapping.builder()
                              .deviceName("/dev/xvda")
                              .ebs(e -> e.volumeSize(6))
                              .build())
                      .userData(
                          Base64.getEncoder()
                              .encodeToString(USER_DATA.getBytes(StandardCharsets.UTF_8))));
      guest.awaitShell(SLOW);
      Stack.await(
          "cloud-init to be done",
          SLOW,
          () -> guest.say("cloud-init status || true").contains("status: done"));
      assertThat(guest.say("sudo cat /root/ran")).isEqualTo("0");
      assertThat(guest.say("sudo id -un")).isEqualTo("root");
      assertThat(guest.describe().privateDnsName()).startsWith(guest.say("hostname") + ".");
      assertThat(guest.say("hostname --fqdn")).isEqualTo(guest.describe().privateDnsName());
      assertThat(Long.parseLong(guest.say("df --output=size -BM / | tail -n 1 | tr -dc 0-9")))
          .as("MiB of the root file system, grown to the volume's size")
          .isGreaterThan(5_000);
      assertThat(guest.say(". /etc/os-release; echo $ID-$VERSION_ID")).isEqualTo("debian-12");
      assertThat(guest.say("getent hosts " + guest.describe().privateDnsName())).isNotEmpty();
    }
  }
}
