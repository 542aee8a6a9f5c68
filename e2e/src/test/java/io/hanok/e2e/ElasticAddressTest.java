package io.hanok.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.e2e.support.Guest;
import io.hanok.e2e.support.Reach;
import io.hanok.e2e.support.Stack;
import io.hanok.e2e.support.Trio;
import java.time.Duration;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AllocateAddressResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/** An elastic address: it survives a stop, moves in one call, and is gone when it is released. */
@Order(40)
@ExtendWith(Trio.Shared.class)
class ElasticAddressTest {
  private static final Duration AT_ONCE = Duration.ofSeconds(20);

  private final Stack stack = Stack.running();

  @Test
  void anElasticAddressStaysThroughAStopAndMovesToAnotherGuest(Trio trio) {
    Guest holder = trio.first();
    Guest heir = trio.second();
    try (Ec2Client ec2 = stack.ec2()) {
      AllocateAddressResponse elastic = ec2.allocateAddress(r -> {});
      String address = elastic.publicIp();
      ec2.associateAddress(r -> r.allocationId(elastic.allocationId()).instanceId(holder.id()));
      assertThat(holder.publicAddress()).isEqualTo(address);
      assertHeardAs(holder, address);

      ec2.stopInstances(r -> r.instanceIds(holder.id()));
      holder.await(InstanceStateName.STOPPED);
      assertThat(holder.publicAddress()).isEqualTo(address);
      ec2.startInstances(r -> r.instanceIds(holder.id()));
      holder.await(InstanceStateName.RUNNING);
      assertThat(holder.publicAddress()).isEqualTo(address);
      assertHeardAs(holder, address);

      ec2.associateAddress(r -> r.allocationId(elastic.allocationId()).instanceId(heir.id()));
      assertThat(heir.publicAddress()).isEqualTo(address);
      assertHeardAs(heir, address);
      assertThat(holder.publicAddress()).as("until its next start").isNull();

      String association =
          ec2.describeAddresses(r -> r.allocationIds(elastic.allocationId()))
              .addresses()
              .getFirst()
              .associationId();
      ec2.disassociateAddress(r -> r.associationId(association));
      Stack.await(
          "nobody to answer at " + address,
          AT_ONCE,
          () -> Reach.of(address, 22, Duration.ofSeconds(1)) != Reach.OPEN);
      assertThat(heir.publicAddress()).as("until its next start").isNull();
      ec2.releaseAddress(r -> r.allocationId(elastic.allocationId()));
      assertThatThrownBy(() -> ec2.describeAddresses(r -> r.allocationIds(elastic.allocationId())))
          .isInstanceOfSatisfying(
              Ec2Exception.class,
              e ->
                  assertThat(e.awsErrorDetails().errorCode())
                      .isEqualTo("InvalidAllocationID.NotFound"));
      heir.disconnect();
      ec2.stopInstances(r -> r.instanceIds(heir.id()));
      heir.await(InstanceStateName.STOPPED);
      ec2.startInstances(r -> r.instanceIds(heir.id()));
      heir.await(InstanceStateName.RUNNING).awaitShell();
      assertThat(heir.publicAddress()).isNotEqualTo(address);
    } finally {
      trio.stream().forEach(Guest::disconnect);
    }
  }

  /**
   * Logs in at the address and asks who answers; for a moment that may still be the former holder.
   */
  private static void assertHeardAs(Guest guest, String address) {
    Stack.await(
        guest.id() + " to answer at " + address,
        Guest.BOOT,
        () -> {
          guest.disconnect();
          assertThat(guest.publicAddress()).isEqualTo(address);
          return guest.say("imds meta-data/instance-id").equals(guest.id())
              && guest.say("imds meta-data/public-ipv4").equals(address);
        });
  }
}
