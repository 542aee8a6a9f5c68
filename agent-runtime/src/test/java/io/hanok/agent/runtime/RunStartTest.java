package io.hanok.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStartTest {
  @TempDir private Path state;
  private final HandClock clock = new HandClock();

  @Test
  void aRunBeginsWhenTheClockSaysInMicroseconds() throws IOException {
    clock.advance(Duration.ofNanos(1_234_567));
    assertThat(RunStart.next(state, clock))
        .isEqualTo(clock.instant().truncatedTo(ChronoUnit.MICROS));
    clock.advance(Duration.ofSeconds(5));
    assertThat(RunStart.next(state, clock))
        .isEqualTo(clock.instant().truncatedTo(ChronoUnit.MICROS));
  }

  @Test
  void everyRunComesAfterTheOnesBeforeThoughTheClockStandsOrIsSetBack() throws IOException {
    Instant first = RunStart.next(state, clock);
    Instant second = RunStart.next(state, clock);
    clock.advance(Duration.ofDays(-400));
    Instant third = RunStart.next(state, clock);
    Instant fourth = RunStart.next(state, clock);
    assertThat(second).isEqualTo(first.plus(1, ChronoUnit.MICROS));
    assertThat(third).isEqualTo(second.plus(1, ChronoUnit.MICROS));
    assertThat(fourth).isEqualTo(third.plus(1, ChronoUnit.MICROS));

    clock.advance(Duration.ofDays(500));
    assertThat(RunStart.next(state, clock))
        .as("the clock is right again")
        .isEqualTo(clock.instant());
  }

  @Test
  void aDamagedNoteDoesNotKeepTheAgentFromRunning() throws IOException {
    Files.writeString(state.resolve(RunStart.FILE), "yesterday");
    assertThat(RunStart.next(state, clock)).isEqualTo(clock.instant());
    assertThat(RunStart.next(state, clock)).isAfter(clock.instant());
  }

  @Test
  void aMomentThatCannotBeKeptIsNotUsed() throws IOException {
    Files.createDirectory(state.resolve(RunStart.FILE + DurableFile.UNFINISHED));
    Files.createFile(state.resolve(RunStart.FILE + DurableFile.UNFINISHED + "/in-the-way"));
    assertThatThrownBy(() -> RunStart.next(state, clock)).isInstanceOf(IOException.class);
  }
}
