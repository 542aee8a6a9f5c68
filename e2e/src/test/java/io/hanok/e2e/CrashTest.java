package io.hanok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.e2e.support.Aftermath;
import io.hanok.e2e.support.Guest;
import io.hanok.e2e.support.Shell;
import io.hanok.e2e.support.Stack;
import io.hanok.e2e.support.Tenant;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.exception.SdkServiceException;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;

/**
 * Whatever is killed in the midst of whatever is done comes back, what was asked for comes about,
 * nothing is left over, and a guest that has nothing to do with it notices nothing.
 */
@Tag("crash")
@Order(900)
class CrashTest {
  private static final Duration CONNECTING = Duration.ofSeconds(15);
  private static final Duration RETRYING = Duration.ofSeconds(90);
  private static final long SOAK_SECONDS = Long.getLong("hanok.soak.seconds", 600);

  private static Stack stack;
  private static Aftermath aftermath;
  private static Tenant tenant;
  private static Guest witness;
  private static Shell session;
  private static long process;
  private static String address;

  private String token;

  @BeforeAll
  static void aGuestIsLoggedIntoAllAlong() throws IOException {
    stack = Stack.running();
    aftermath = new Aftermath(stack);
    tenant = Tenant.of(stack, "crash");
    witness = tenant.launch(r -> {}).await(InstanceStateName.RUNNING).awaitShell();
    session = witness.open(CONNECTING);
    session.run("echo since-the-beginning > /tmp/mark").text();
    address = witness.publicAddress();
    process = aftermath.guest(witness.id());
  }

  @AfterAll
  static void removeTheGuest() {
    if (session != null) {
      session.close();
    }
    if (tenant != null) {
      tenant.close();
      aftermath.settles();
    }
  }

  @AfterEach
  void everythingIsInOrderAndTheWitnessNoticedNothing() throws IOException {
    stack.awaitHealthy();
    aftermath.settles();
    assertThat(session.run("cat /tmp/mark").text())
        .as("the same connection, to the same run of the guest")
        .isEqualTo("since-the-beginning");
    assertThat(aftermath.guest(witness.id())).isEqualTo(process);
  }

  @Test
  void anInstanceIsLaunchedStoppedAndTerminatedWhileOneAfterAnotherDies() {
    Guest guest = whileDying(300, List.of("control-plane"), this::launch);
    guest.await(InstanceStateName.RUNNING);

    whileDying(
        200,
        List.of("compute-agent"),
        () -> tenant.ec2().stopInstances(r -> r.instanceIds(guest.id()).force(true)));
    guest.await(InstanceStateName.STOPPED);

    whileDying(
        200,
        List.of("network-agent", "storage-agent"),
        () -> tenant.ec2().terminateInstances(r -> r.instanceIds(guest.id())));
    guest.await(InstanceStateName.TERMINATED);
  }

  @Test
  void guestsNeedNoneOfTheServices() throws IOException {
    assertThat(stack.hanok("down").exit()).isZero();
    for (String component : Stack.COMPONENTS) {
      assertThat(stack.pid(component)).as(component).isEmpty();
    }
    assertThat(session.run("cat /tmp/mark").text()).isEqualTo("since-the-beginning");
    try (Shell another = Shell.open(address, "ec2-user", Optional.of(tenant.key()), CONNECTING)) {
      assertThat(another.run("id -un").text()).isEqualTo("ec2-user");
    }
    assertThat(stack.hanok("up").exit()).isZero();
  }

  @Test
  @EnabledIfSystemProperty(named = "hanok.soak", matches = "true")
  @Timeout(value = 2, unit = TimeUnit.HOURS)
  void anyHistoryOfDeathsEndsInOrder() throws IOException {
    long seed = Long.getLong("hanok.soak.seed", System.nanoTime());
    System.out.printf("deaths with -Dhanok.soak.seed=%d%n", seed);
    Random random = new Random(seed);
    Guest guest = null;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(SOAK_SECONDS);
    while (System.nanoTime() < end) {
      guest = deadlyStep(random, guest);
      everythingIsInOrderAndTheWitnessNoticedNothing();
    }
  }

  /** Asks for one change of the guest while something dies; the guest, unless it is no more. */
  private Guest deadlyStep(Random random, Guest before) {
    List<String> dying = new ArrayList<>(Stack.COMPONENTS);
    Collections.shuffle(dying, random);
    List<String> victims = List.copyOf(dying.subList(0, 1 + random.nextInt(3) / 2));
    long delay = random.nextInt(3000);
    InstanceStateName state = before == null ? InstanceStateName.TERMINATED : before.state();
    boolean terminate = state != InstanceStateName.TERMINATED && random.nextInt(3) == 0;
    System.out.printf(
        "%s killed %d ms into %s of a guest that is %s%n",
        victims, delay, terminate ? "the end" : "the next change", state);
    if (terminate) {
      whileDying(
          delay, victims, () -> tenant.ec2().terminateInstances(r -> r.instanceIds(before.id())));
      before.await(InstanceStateName.TERMINATED);
      return null;
    }
    return switch (state) {
      case RUNNING -> {
        boolean force = random.nextBoolean();
        whileDying(
            delay,
            victims,
            () -> tenant.ec2().stopInstances(r -> r.instanceIds(before.id()).force(force)));
        yield before.await(InstanceStateName.STOPPED);
      }
      case STOPPED -> {
        whileDying(
            delay, victims, () -> tenant.ec2().startInstances(r -> r.instanceIds(before.id())));
        yield before.await(InstanceStateName.RUNNING);
      }
      default -> whileDying(delay, victims, this::launch).await(InstanceStateName.RUNNING);
    };
  }

  /** Launches a guest, once however often the call has to be made. */
  private Guest launch() {
    return tenant.launch(r -> r.clientToken(token));
  }

  /** Makes a call, again if need be, and kills the components so long after its beginning. */
  private <T> T whileDying(long delayMillis, List<String> components, Supplier<T> call) {
    token = UUID.randomUUID().toString();
    CompletableFuture<Void> deaths =
        CompletableFuture.runAsync(
            () -> components.forEach(CrashTest::kill),
            CompletableFuture.delayedExecutor(delayMillis, TimeUnit.MILLISECONDS));
    T answer = retried(call);
    deaths.join();
    return answer;
  }

  private static void kill(String component) {
    if (stack.pid(component).isPresent()) {
      stack.kill(component);
    }
  }

  /** Does what every client does while a service is away: asks again. */
  private static <T> T retried(Supplier<T> call) {
    long deadline = System.nanoTime() + RETRYING.toNanos();
    while (true) {
      try {
        return call.get();
      } catch (SdkException e) {
        boolean away = !(e instanceof SdkServiceException refused) || refused.statusCode() >= 500;
        if (!away || System.nanoTime() > deadline) {
          throw e;
        }
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
    }
  }
}
