package io.hanok.control.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class HeartbeatTest {
  private static final Duration SOON = Duration.ofMillis(1);
  private static final Duration NEVER = Duration.ofHours(1);

  private final AtomicInteger attempts = new AtomicInteger();

  @Test
  void aDatabaseThatFailsForAWhileDoesNotCostTheLease() throws Exception {
    CountDownLatch recovered = new CountDownLatch(1);
    try (var heartbeat =
        new Heartbeat(
            "a test",
            new Heartbeat.Pace(SOON, SOON, NEVER, NEVER),
            () -> {
              if (attempts.incrementAndGet() < 4) {
                throw new IllegalStateException("no connection");
              }
              recovered.countDown();
              return true;
            })) {
      recovered.await();
    }
  }

  @Test
  void aDatabaseThatFailsLongerThanTheLeaseEndsIt() throws Exception {
    var heartbeat =
        new Heartbeat(
            "a test",
            new Heartbeat.Pace(SOON, SOON, Duration.ofMillis(50), NEVER),
            () -> {
              attempts.incrementAndGet();
              throw new IllegalStateException("no connection");
            });
    heartbeat.join();
    assertThat(attempts.get()).isPositive();
  }

  @Test
  void aRunThatHangsIsGivenUp() throws Exception {
    var heartbeat =
        new Heartbeat(
            "a test",
            new Heartbeat.Pace(SOON, SOON, NEVER, Duration.ofMillis(50)),
            () -> attempts.incrementAndGet() > 0);
    heartbeat.join();
  }

  @Test
  void aLeaseThatIsLostIsLetGo() throws Exception {
    var heartbeat =
        new Heartbeat(
            "a test",
            new Heartbeat.Pace(SOON, SOON, NEVER, NEVER),
            () -> attempts.incrementAndGet() < 3);
    heartbeat.join();
    assertThat(attempts).hasValue(3);
  }
}
