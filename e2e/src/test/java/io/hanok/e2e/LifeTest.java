package io.hanok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.e2e.support.Guest;
import io.hanok.e2e.support.Stack;
import io.hanok.e2e.support.Traces;
import io.hanok.e2e.support.Trio;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/** The life of a guest after its first boot, to its end and to what is left then: nothing. */
@Order(50)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@ExtendWith(Trio.Shared.class)
class LifeTest {
  private static final String BOOT_ID = "cat /proc/sys/kernel/random/boot_id";

  private final Stack stack = Stack.running();

  @Test
  @Order(1)
  void aRebootKeepsEverythingAndStopAndStartAllButThePublicAddress(Trio trio) {
    Guest rebooted = trio.third();
    Guest stopped = trio.second();
    try (Ec2Client ec2 = stack.ec2()) {
      for (Guest guest : List.of(rebooted, stopped)) {
        guest.say("echo \"written by " + guest.id() + "\" > /home/ec2-user/kept; sync");
      }
      String bootBefore = rebooted.say(BOOT_ID);
      Instance beforeReboot = rebooted.describe();
      Instance beforeStop = stopped.describe();
      ec2.rebootInstances(r -> r.instanceIds(rebooted.id()));
      ec2.stopInstances(r -> r.instanceIds(stopped.id()));
      stopped.await(InstanceStateName.STOPPED);
      assertThat(stopped.publicAddress()).isNull();
      assertThat(stopped.privateAddress()).isEqualTo(beforeStop.privateIpAddress());
      ec2.startInstances(r -> r.instanceIds(stopped.id()));

      Stack.await(
          "another boot of " + rebooted.id(),
          Guest.BOOT,
          () -> {
            rebooted.disconnect();
            return !rebooted.say(BOOT_ID).equals(bootBefore);
          });
      assertThat(rebooted.publicAddress()).isEqualTo(beforeReboot.publicIpAddress());
      assertKept(rebooted, beforeReboot);

      stopped.await(InstanceStateName.RUNNING).awaitShell();
      assertThat(stopped.publicAddress()).isNotNull().isNotEqualTo(beforeStop.publicIpAddress());
      assertKept(stopped, beforeStop);
    }
  }

  private static void assertKept(Guest guest, Instance before) {
    assertThat(guest.privateAddress()).isEqualTo(before.privateIpAddress());
    assertThat(guest.say("ip -4 -o addr show eth0"))
        .contains(" " + before.privateIpAddress() + "/");
    assertThat(guest.say("cat /sys/class/net/eth0/address"))
        .isEqualTo(before.networkInterfaces().getFirst().macAddress());
    assertThat(guest.say("cat /home/ec2-user/kept")).isEqualTo("written by " + guest.id());
    assertThat(guest.say("sudo cat /root/ran")).as("user data").isEqualTo("0");
  }

  @Test
  @Order(2)
  void aGuestThatShutsItselfDownIsStopped(Trio trio) {
    Guest guest = trio.third();
    guest.run("sudo poweroff");
    guest.disconnect();
    guest.await(InstanceStateName.STOPPED);
    assertThat(guest.describe().stateReason().code()).isEqualTo("Client.InstanceInitiatedShutdown");
  }

  @Test
  @Order(3)
  void orTerminatedIfItsBehaviorSaysSo(Trio trio) {
    Guest guest = trio.second();
    try (Ec2Client ec2 = stack.ec2()) {
      ec2.modifyInstanceAttribute(
          r ->
              r.instanceId(guest.id())
                  .instanceInitiatedShutdownBehavior(v -> v.value("terminate")));
      guest.run("sudo poweroff");
      guest.disconnect();
      guest.await(InstanceStateName.TERMINATED);
    }
  }

  /** One of the three has terminated itself, one is stopped, and one runs. */
  @Test
  @Order(4)
  void nothingOfATerminatedGuestIsLeft(Trio trio) {
    try (Ec2Client ec2 = stack.ec2()) {
      trio.stream().forEach(Guest::disconnect);
      ec2.terminateInstances(r -> r.instanceIds(trio.stream().map(Guest::id).toList()));
      trio.stream().forEach(guest -> guest.await(InstanceStateName.TERMINATED));
      Traces traces = new Traces(stack, trio.described());
      Stack.await(
          "no trace to be left of the three guests",
          Duration.ofSeconds(30),
          () -> {
            assertThat(traces.left()).isEmpty();
            return true;
          });
      assertThat(found(ec2, trio)).as("they stay listed for a while").hasSize(3);
    }
  }

  private static List<Instance> found(Ec2Client ec2, Trio trio) {
    return ec2
        .describeInstances(r -> r.instanceIds(trio.stream().map(Guest::id).toList()))
        .reservations()
        .stream()
        .flatMap(r -> r.instances().stream())
        .toList();
  }
}
