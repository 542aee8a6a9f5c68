package io.hanok.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.Observation;
import io.hanok.agent.api.ResourceStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReporterTest {
  private static final Duration NEVER = Duration.ofHours(1);

  @TempDir private Path directory;
  private final HandClock clock = new HandClock();
  private final HandExecutor workers = new HandExecutor();
  private final BlockingQueue<AgentReport> sent = new LinkedBlockingQueue<>();
  private final AtomicInteger looks = new AtomicInteger();
  private final AtomicInteger sending = new AtomicInteger();
  private final AtomicInteger overlaps = new AtomicInteger();
  private final Semaphore lookGate = new Semaphore(1000);
  private final Semaphore sendGate = new Semaphore(1000);
  private Ledger ledger;
  private Convergence convergence;

  private final Converger converger =
      new Converger() {
        @Override
        public List<DocumentKind> kinds() {
          return List.of(DocumentKind.VOLUME);
        }

        @Override
        public Step converge(DesiredDocument desired) {
          return new Step.Settled(new ResourceStatus.Absent());
        }

        @Override
        public List<HostObject> inventory() {
          lookGate.acquireUninterruptibly();
          int look = looks.incrementAndGet();
          if (look == 2) {
            throw new AgentException(
                io.hanok.agent.api.AgentFault.Code.HOST_ERROR, "the second look fails");
          }
          return List.of(new HostObject("volume", "look-" + look, null, false));
        }
      };

  @BeforeEach
  void open() throws IOException {
    ledger = Ledger.open(directory, clock, Ledger.RETENTION);
    convergence =
        new Convergence(
            ledger,
            converger,
            Convergence.Pace.USUAL,
            workers,
            new HandTimers(clock),
            new SplittableRandom(3),
            () -> {});
  }

  private Reporter reporter(Duration heartbeat) {
    Reporter reporter =
        new Reporter(
            new Reporter.Speaker(SimControlPlane.HOST, AgentName.STORAGE, "test", Instant.EPOCH),
            convergence,
            converger,
            ledger,
            report -> {
              if (sending.incrementAndGet() > 1) {
                overlaps.incrementAndGet();
              }
              sent.add(report);
              sendGate.acquire();
              sending.decrementAndGet();
            },
            heartbeat);
    reporter.start();
    return reporter;
  }

  @Test
  void manyChangesDuringASendBecomeOneReportOfTheNewestState() throws Exception {
    sendGate.drainPermits();
    try (Reporter reporter = reporter(NEVER)) {
      assertThat(sent.take().observations()).isEmpty();
      for (int i = 1; i <= 100; i++) {
        ledger.accept(Documents.volume(i, 1, 100));
        reporter.reportSoon();
      }
      sendGate.release();

      assertThat(sent.take().observations()).hasSize(100);
      sendGate.release(1000);
      reporter.reportSoon();
      AgentReport third = sent.take();
      assertThat(third.sequence()).isEqualTo(3);
      assertThat(overlaps).hasValue(0);
    }
  }

  @Test
  void aSlowLookOverTheHostDelaysNoNews() throws Exception {
    lookGate.drainPermits();
    ledger.accept(Documents.volume(1, 1, 100));
    Duration heartbeat = Duration.ofMillis(100);
    try (Reporter reporter = reporter(heartbeat)) {
      AgentReport first = sent.take();
      assertThat(first.inventory()).as("not known yet").isEmpty();
      convergence.start();
      workers.runAll();
      reporter.reportSoon();

      AgentReport next = sent.take();
      while (!next.observations().stream().allMatch(Observation::settled)) {
        next = sent.take();
      }
      assertThat(looks).hasValue(0);
      lookGate.release(1000);
    }
  }

  @Test
  void newsBetweenHeartbeatsReuseTheLastInventory() throws Exception {
    try (Reporter reporter = reporter(NEVER)) {
      AgentReport first = sent.take();
      reporter.reportSoon();
      AgentReport second = sent.take();

      assertThat(first.inventory()).extracting(HostObject::name).containsExactly("look-1");
      assertThat(second.inventory()).isEqualTo(first.inventory());
      assertThat(looks).hasValue(1);
    }
  }

  @Test
  void theHeartbeatLooksAnewAndAFailedLookKeepsTheLastList() throws Exception {
    try (Reporter reporter = reporter(Duration.ofMillis(20))) {
      AgentReport report = sent.take();
      while (looks.get() < 2 || report.inventory().equals(List.of())) {
        report = sent.take();
      }
      assertThat(report.inventory().getFirst().name()).isIn("look-1", "look-3");
      while (!report.inventory().getFirst().name().equals("look-3")) {
        assertThat(report.inventory().getFirst().name()).isEqualTo("look-1");
        report = sent.take();
      }
      reporter.reportSoon();
    }
  }
}
