package io.hanok.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.Observation;
import io.hanok.agent.api.ResourceStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ConvergenceTest {
  private static final ResourceStatus THERE = new ResourceStatus.Volume("/pool/x", 100);
  private static final Duration PERIOD = Convergence.Pace.USUAL.period();

  @TempDir private Path directory;
  private final HandClock clock = new HandClock();
  private final HandTimers timers = new HandTimers(clock);
  private final HandExecutor workers = new HandExecutor();
  private final List<Long> runs = new ArrayList<>();
  private final AtomicInteger changes = new AtomicInteger();
  private Ledger ledger;

  @BeforeEach
  void open() throws IOException {
    ledger = Ledger.open(directory, clock, Ledger.RETENTION);
  }

  /** A converger of volumes that does what a test says. */
  private interface Behaviour extends Converger {
    @Override
    default List<DocumentKind> kinds() {
      return List.of(DocumentKind.VOLUME);
    }

    @Override
    default List<HostObject> inventory() {
      return List.of();
    }
  }

  private Convergence convergence(Behaviour behaviour) {
    return convergence(behaviour, workers, timers);
  }

  private Convergence convergence(Behaviour behaviour, ExecutorService executor, Timers with) {
    return new Convergence(
        ledger,
        behaviour,
        Convergence.Pace.USUAL,
        executor,
        with,
        new SplittableRandom(11),
        changes::incrementAndGet);
  }

  private void want(Convergence convergence, DesiredDocument document) {
    try {
      ledger.accept(document);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    convergence.wake(DocumentKey.of(document));
  }

  private static Observation seen(Convergence convergence, int number) {
    return convergence.observation(Documents.documentKey(number)).orElseThrow();
  }

  @Test
  void aDocumentIsConvergedAndItsObservationTold() {
    Convergence convergence = convergence(d -> new Step.Settled(THERE));
    want(convergence, Documents.volume(1, 3, 100));
    assertThat(convergence.observations())
        .containsExactly(
            new Observation(DocumentKind.VOLUME, Documents.key(1), 0, false, null, null));
    assertThat(convergence.everythingSeen()).isFalse();

    workers.runAll();

    assertThat(convergence.observations())
        .containsExactly(
            new Observation(DocumentKind.VOLUME, Documents.key(1), 3, true, THERE, null));
    assertThat(convergence.everythingSeen()).isTrue();
    assertThat(changes).hasValue(1);
    convergence.wake(Documents.documentKey(1));
    workers.runAll();
    assertThat(changes).as("an equal observation is no news").hasValue(1);
  }

  @Test
  void everythingInTheLedgerIsConvergedAtTheStart() throws IOException {
    ledger.accept(Documents.volume(1, 1, 100));
    ledger.accept(Documents.absent(2, 2));
    open();
    Convergence convergence = convergence(d -> new Step.Settled(new ResourceStatus.Absent()));

    convergence.start();
    workers.runAll();

    assertThat(convergence.observations()).hasSize(2).allMatch(Observation::settled);
  }

  @Test
  void anyNumberOfWakeUpsDuringARunCauseExactlyOneMore() {
    Convergence[] convergence = new Convergence[1];
    convergence[0] =
        convergence(
            d -> {
              runs.add(d.generation());
              if (runs.size() == 1) {
                want(convergence[0], Documents.volume(1, 2, 100));
                convergence[0].wake(Documents.documentKey(1));
                convergence[0].wakeAll(DocumentKind.VOLUME);
                assertThat(workers.queued()).as("nothing runs beside a run").isZero();
              }
              return new Step.Settled(THERE);
            });
    want(convergence[0], Documents.volume(1, 1, 100));
    convergence[0].wake(Documents.documentKey(1));
    assertThat(workers.queued()).as("wake-ups before the run are one").isEqualTo(1);

    workers.runAll();

    assertThat(runs).containsExactly(1L, 2L);
    assertThat(timers.waiting()).isEqualTo(1);
  }

  @Test
  void noWakeUpIsLostAndNoneCountsTwiceWhateverTheOrder() throws IOException {
    for (long seed = 1; seed <= 60; seed++) {
      ledger = Ledger.open(directory.resolve("seed-" + seed), clock, Ledger.RETENTION);
      Nudges nudges = new Nudges(new Random(seed));
      for (int step = 0; step < 60; step++) {
        if (workers.queued() > 0 && nudges.random.nextBoolean()) {
          workers.run(nudges.random.nextInt(workers.queued()));
        } else {
          nudges.nudge();
        }
      }
      nudges.over = true;
      workers.runAll();

      assertThat(nudges.done).as("seed %d", seed).isNotEmpty().isEqualTo(nudges.expected);
      assertThat(nudges.convergence.observations())
          .as("seed %d", seed)
          .allSatisfy(o -> assertThat(nudges.latest).containsEntry(o.key(), o.generation()));
    }
  }

  /** Wakes and changes three keys at random, also during runs, and counts what must come of it. */
  private final class Nudges {
    private final Map<String, Integer> done = new HashMap<>();
    private final Map<String, Integer> expected = new HashMap<>();
    private final Map<String, Long> latest = new HashMap<>();
    private final Set<String> pending = new HashSet<>();
    private final Random random;
    private final Convergence convergence;
    private boolean over;

    Nudges(Random random) {
      this.random = random;
      this.convergence = convergence(this::run);
    }

    private void nudge() {
      int number = random.nextInt(3);
      String key = Documents.key(number);
      if (random.nextBoolean()) {
        long generation = latest.merge(key, 1L, Long::sum);
        want(convergence, Documents.volume(number, generation, generation));
      } else {
        convergence.wake(Documents.documentKey(number));
      }
      if (latest.containsKey(key) && pending.add(key)) {
        expected.merge(key, 1, Integer::sum);
      }
    }

    private Step run(DesiredDocument document) {
      assertThat(document.generation()).isEqualTo(latest.get(document.key()));
      done.merge(document.key(), 1, Integer::sum);
      pending.remove(document.key());
      for (int i = over ? 0 : random.nextInt(3); i > 0; i--) {
        nudge();
      }
      return new Step.Settled(new ResourceStatus.Volume("/x", document.generation()));
    }
  }

  @Test
  void oneKeyNeverRunsTwiceAtOnceWhileOthersRunBesideIt() throws Exception {
    int keys = 4;
    Map<String, AtomicInteger> inside = new ConcurrentHashMap<>();
    AtomicInteger overlaps = new AtomicInteger();
    CountDownLatch together = new CountDownLatch(keys);
    ExecutorService threads = Convergence.workers(8);
    try (ThreadTimers real = new ThreadTimers();
        Convergence convergence =
            convergence(
                d -> {
                  AtomicInteger count = inside.computeIfAbsent(d.key(), k -> new AtomicInteger());
                  if (count.incrementAndGet() > 1 || Thread.currentThread().isVirtual()) {
                    overlaps.incrementAndGet();
                  }
                  together.countDown();
                  together.await();
                  Thread.sleep(0, 200_000);
                  count.decrementAndGet();
                  return new Step.Settled(new ResourceStatus.Volume("/x", d.generation()));
                },
                threads,
                real)) {
      long last = 50;
      List<Thread> wakers = new ArrayList<>();
      for (int number = 0; number < keys; number++) {
        int mine = number;
        wakers.add(
            Thread.ofVirtual()
                .start(
                    () -> {
                      for (long generation = 1; generation <= last; generation++) {
                        want(convergence, Documents.volume(mine, generation, generation));
                        convergence.wakeAll(DocumentKind.VOLUME);
                      }
                    }));
      }
      for (Thread waker : wakers) {
        waker.join();
      }
      while (!convergence.observations().stream().allMatch(o -> o.generation() == last)) {
        Thread.sleep(2);
      }
      assertThat(together.await(0, TimeUnit.SECONDS)).as("all keys ran at a time").isTrue();
      assertThat(overlaps).hasValue(0);
    }
  }

  @Test
  void aPassingFaultIsRetriedWithDoublingDelaysAndForgottenOnSuccess() {
    boolean[] healthy = {false};
    Convergence convergence =
        convergence(
            d -> {
              runs.add(d.generation());
              if (!healthy[0]) {
                throw new AgentException(AgentFault.Code.HOST_ERROR, "no luck");
              }
              return new Step.Settled(THERE);
            });
    want(convergence, Documents.volume(1, 1, 100));
    workers.runAll();
    assertThat(seen(convergence, 1).fault())
        .isEqualTo(new AgentFault(AgentFault.Code.HOST_ERROR, "no luck"));
    for (int i = 0; i < 9; i++) {
      timers.advance(timers.asked().getLast());
      workers.runAll();
    }

    assertThat(runs).hasSize(10);
    double floor = 0.5;
    for (Duration delay : timers.asked()) {
      assertThat(delay.toMillis() / 1000.0)
          .isBetween(Math.min(floor, 30), Math.min(floor * 1.5, 30));
      floor *= 2;
    }
    healthy[0] = true;
    timers.advance(Duration.ofSeconds(30));
    workers.runAll();
    assertThat(seen(convergence, 1).fault()).isNull();
    assertThat(seen(convergence, 1).settled()).isTrue();

    healthy[0] = false;
    convergence.wake(Documents.documentKey(1));
    workers.runAll();
    assertThat(timers.asked().getLast()).isLessThan(Duration.ofSeconds(1));
    assertThat(seen(convergence, 1).status())
        .as("what was last seen is still told")
        .isEqualTo(THERE);
  }

  @Test
  void whatWasSeenOfAnEarlierGenerationIsNotToldOfALaterOneThatFailed() {
    AgentFault fault = new AgentFault(AgentFault.Code.HOST_ERROR, "no answer");
    Convergence convergence =
        convergence(
            d -> {
              runs.add(d.generation());
              if (d.generation() == 2 && runs.size() != 3) {
                throw new AgentException(fault.code(), fault.message());
              }
              return new Step.Settled(THERE);
            });
    want(convergence, Documents.volume(1, 1, 100));
    workers.runAll();
    want(convergence, Documents.volume(1, 2, 200));
    workers.runAll();
    assertThat(seen(convergence, 1))
        .isEqualTo(new Observation(DocumentKind.VOLUME, Documents.key(1), 2, false, null, fault));

    convergence.wake(Documents.documentKey(1));
    workers.runAll();
    convergence.wake(Documents.documentKey(1));
    workers.runAll();
    assertThat(seen(convergence, 1))
        .as("this generation was seen before it failed")
        .isEqualTo(new Observation(DocumentKind.VOLUME, Documents.key(1), 2, false, THERE, fault));
  }

  @Test
  void aFaultOfTheDocumentWaitsForAnotherGeneration() {
    Convergence convergence =
        convergence(
            d -> {
              runs.add(d.generation());
              if (d.generation() == 1) {
                throw new AgentException(AgentFault.Code.INVALID_SPEC, "too big");
              }
              return new Step.Settled(THERE);
            });
    want(convergence, Documents.volume(1, 1, 100));
    workers.runAll();
    convergence.wake(Documents.documentKey(1));
    timers.advance(Duration.ofHours(1));
    workers.runAll();
    assertThat(runs).containsExactly(1L);
    assertThat(seen(convergence, 1).fault().code()).isEqualTo(AgentFault.Code.INVALID_SPEC);

    want(convergence, Documents.volume(1, 2, 50));
    workers.runAll();
    assertThat(runs).containsExactly(1L, 2L);
    assertThat(seen(convergence, 1).settled()).isTrue();
  }

  @Test
  void aChangeDuringARunThatFailsForGoodIsNotLost() {
    Convergence[] convergence = new Convergence[1];
    convergence[0] =
        convergence(
            d -> {
              if (d.generation() == 1) {
                want(convergence[0], Documents.volume(1, 2, 50));
                throw new AgentException(AgentFault.Code.INVALID_SPEC, "too big");
              }
              return new Step.Settled(THERE);
            });
    want(convergence[0], Documents.volume(1, 1, 100));

    workers.runAll();

    assertThat(seen(convergence[0], 1).generation()).isEqualTo(2);
    assertThat(seen(convergence[0], 1).settled()).isTrue();
  }

  @Test
  void anUnexpectedFailureIsAHostErrorAndRetried() {
    Convergence convergence =
        convergence(
            d -> {
              runs.add(d.generation());
              if (runs.size() == 1) {
                throw new IllegalStateException("a bug");
              }
              if (runs.size() == 2) {
                throw new UnsatisfiedLinkError("no library");
              }
              return new Step.Settled(THERE);
            });
    want(convergence, Documents.volume(1, 1, 100));
    workers.runAll();
    assertThat(seen(convergence, 1).fault().code()).isEqualTo(AgentFault.Code.HOST_ERROR);
    assertThat(seen(convergence, 1).fault().message()).contains("a bug");

    timers.advance(Duration.ofMinutes(1));
    workers.runAll();
    timers.advance(Duration.ofMinutes(1));
    workers.runAll();
    assertThat(seen(convergence, 1).settled()).isTrue();
  }

  @Test
  void aStepThatWaitsIsTakenUpWhenItSaid() {
    Convergence convergence =
        convergence(
            d -> {
              runs.add(d.generation());
              return runs.size() < 3
                  ? new Step.Again(null, Duration.ofSeconds(4), "the copy")
                  : new Step.Settled(THERE);
            });
    want(convergence, Documents.volume(1, 1, 100));
    workers.runAll();
    timers.advance(Duration.ofMillis(3999));
    assertThat(workers.queued()).isZero();
    timers.advance(Duration.ofMillis(1));
    workers.runAll();
    assertThat(runs).hasSize(2);
    convergence.wake(Documents.documentKey(1));
    workers.runAll();
    assertThat(runs).as("a wake-up comes before the time").hasSize(3);
    timers.advance(Duration.ofSeconds(5));
    assertThat(workers.queued()).as("and replaces it").isZero();
  }

  @Test
  void aSettledDocumentIsLookedAtAgainToRepairDrift() {
    Convergence convergence =
        convergence(
            d -> {
              runs.add(d.generation());
              return new Step.Settled(THERE);
            });
    want(convergence, Documents.volume(1, 1, 100));
    workers.runAll();
    for (int i = 2; i < 6; i++) {
      timers.advance(PERIOD.multipliedBy(12).dividedBy(10));
      workers.runAll();
      assertThat(runs).hasSize(i);
    }
    assertThat(timers.asked())
        .allMatch(
            d ->
                d.compareTo(PERIOD.multipliedBy(8).dividedBy(10)) >= 0
                    && d.compareTo(PERIOD.multipliedBy(12).dividedBy(10)) <= 0)
        .doesNotHaveDuplicates();
  }

  @Test
  void aTombstoneRestsAndIsDroppedAfterItsRetention() {
    Convergence convergence =
        convergence(
            d -> {
              runs.add(d.generation());
              return new Step.Settled(new ResourceStatus.Absent());
            });
    want(convergence, Documents.absent(1, 2));
    workers.runAll();
    Duration hour = Duration.ofHours(1);
    for (int i = 0; i < 24 * 7 - 1; i++) {
      timers.advance(hour);
      workers.runAll();
    }
    assertThat(convergence.observations()).hasSize(1);
    int before = changes.get();

    for (int i = 0; i < 3; i++) {
      timers.advance(hour);
      workers.runAll();
    }

    assertThat(convergence.observations()).isEmpty();
    assertThat(changes.get()).as("its going is told").isGreaterThan(before);
    assertThat(timers.waiting()).isZero();
  }

  @Test
  void anUnsettledTombstoneIsNeverDropped() {
    Convergence convergence =
        convergence(
            d -> {
              throw new AgentException(AgentFault.Code.HOST_ERROR, "device is busy");
            });
    want(convergence, Documents.absent(1, 2));
    for (int day = 0; day < 10; day++) {
      workers.runAll();
      clock.advance(Duration.ofDays(1));
      timers.advance(Duration.ofSeconds(31));
    }
    assertThat(convergence.observations()).hasSize(1);
  }

  @Test
  void afterClosingNothingRuns() {
    Convergence convergence =
        convergence(
            d -> {
              runs.add(d.generation());
              return new Step.Settled(THERE);
            });
    want(convergence, Documents.volume(1, 1, 100));
    convergence.close();
    workers.runAll();
    want(convergence, Documents.volume(2, 1, 100));
    timers.advance(PERIOD.multipliedBy(3));
    assertThat(workers.queued()).isZero();
    assertThat(runs).isEmpty();
  }
}
