package io.hanok.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LedgerTest {
  private static final Ledger.Acceptance CHANGED = new Ledger.Acceptance.Accepted(true);
  private static final Ledger.Acceptance UNCHANGED = new Ledger.Acceptance.Accepted(false);

  @TempDir private Path directory;
  private final HandClock clock = new HandClock();
  private Ledger ledger;

  @BeforeEach
  void open() throws IOException {
    ledger = Ledger.open(directory, clock, Ledger.RETENTION);
  }

  @Test
  void whatWasAcceptedIsThereAfterARestart() throws IOException {
    assertThat(ledger.accept(Documents.volume(1, 1, 100))).isEqualTo(CHANGED);
    assertThat(ledger.accept(Documents.volume(2, 4, 200))).isEqualTo(CHANGED);
    assertThat(ledger.accept(Documents.volume(1, 2, 150))).isEqualTo(CHANGED);

    open();

    assertThat(ledger.documents())
        .containsExactlyInAnyOrder(Documents.volume(1, 2, 150), Documents.volume(2, 4, 200));
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file(1))))
        .isEqualTo("rw-------");
  }

  @Test
  void thePastIsRefusedAlsoAfterARestart() throws IOException {
    ledger.accept(Documents.volume(1, 5, 100));
    open();

    assertThat(ledger.accept(Documents.volume(1, 4, 100)))
        .isEqualTo(new Ledger.Acceptance.Stale(5));
    assertThat(ledger.documents()).containsExactly(Documents.volume(1, 5, 100));
  }

  @Test
  void aKnownGenerationIsAcceptedOnlyWithTheSameContent() throws IOException {
    ledger.accept(Documents.volume(1, 5, 100));

    assertThat(ledger.accept(Documents.volume(1, 5, 100))).isEqualTo(UNCHANGED);
    assertThat(ledger.accept(Documents.volume(1, 5, 101)))
        .isEqualTo(new Ledger.Acceptance.Conflicting());
    assertThat(ledger.accept(Documents.absent(1, 5)))
        .isEqualTo(new Ledger.Acceptance.Conflicting());
    assertThat(ledger.documents()).containsExactly(Documents.volume(1, 5, 100));
  }

  @Test
  void aCrashBeforeTheRenameLeavesTheOldDocument() throws IOException {
    ledger.accept(Documents.volume(1, 1, 100));
    Path unfinished = file(1).resolveSibling(file(1).getFileName() + DurableFile.UNFINISHED);
    Files.writeString(unfinished, "{\"acceptedAt\":\"2026-");

    open();

    assertThat(ledger.documents()).containsExactly(Documents.volume(1, 1, 100));
    assertThat(unfinished).doesNotExist();
    assertThat(ledger.accept(Documents.volume(1, 2, 100))).isEqualTo(CHANGED);
  }

  @Test
  void anUnwritableDocumentIsNotAccepted() throws IOException {
    Files.writeString(directory.resolve("volume"), "a file where the directory should be");

    assertThatThrownBy(() -> ledger.accept(Documents.volume(1, 1, 100)))
        .isInstanceOf(IOException.class);
    assertThat(ledger.documents()).isEmpty();
  }

  @Test
  void aDamagedFileIsSetAsideAndNeverTakenForAbsence() throws IOException {
    ledger.accept(Documents.volume(1, 7, 100));
    ledger.accept(Documents.volume(2, 1, 100));
    byte[] whole = Files.readAllBytes(file(1));
    Files.write(file(1), java.util.Arrays.copyOf(whole, whole.length / 2));

    for (int restart = 0; restart < 2; restart++) {
      open();
      assertThat(ledger.documents()).containsExactly(Documents.volume(2, 1, 100));
      assertThat(ledger.damaged()).containsExactly(Documents.documentKey(1));
      assertThat(
              Documented.by(ledger)
                  .mark(List.of(new HostObject("volume", "x.raw", Documents.key(1), false))))
          .allMatch(HostObject::documented);
    }

    assertThat(ledger.accept(Documents.volume(1, 7, 100))).isEqualTo(CHANGED);
    assertThat(ledger.damaged()).isEmpty();
    open();
    assertThat(ledger.damaged()).isEmpty();
    assertThat(ledger.documents()).hasSize(2);
  }

  @Test
  void aFileUnderAnotherDocumentsNameIsDamaged() throws IOException {
    ledger.accept(Documents.volume(1, 1, 100));
    Files.copy(file(1), file(3));

    open();

    assertThat(ledger.documents()).containsExactly(Documents.volume(1, 1, 100));
    assertThat(ledger.damaged()).containsExactly(Documents.documentKey(3));
  }

  @Test
  void aTombstoneOutlivesItsRetentionAndThenGoes() throws IOException {
    ledger.accept(Documents.volume(1, 1, 100));
    assertThat(ledger.accept(Documents.absent(1, 2))).isEqualTo(CHANGED);
    clock.advance(Duration.ofDays(7).minusSeconds(1));
    open();

    assertThat(ledger.dropExpired(Documents.documentKey(1))).isFalse();
    assertThat(ledger.accept(Documents.volume(1, 1, 100)))
        .isEqualTo(new Ledger.Acceptance.Stale(2));

    clock.advance(Duration.ofSeconds(1));
    assertThat(ledger.dropExpired(Documents.documentKey(1))).isTrue();
    assertThat(file(1)).doesNotExist();
    assertThat(ledger.documents()).isEmpty();
  }

  @Test
  void aPresentDocumentIsNeverDropped() throws IOException {
    ledger.accept(Documents.volume(1, 1, 100));
    clock.advance(Duration.ofDays(1000));

    assertThat(ledger.dropExpired(Documents.documentKey(1))).isFalse();
    assertThat(ledger.documents()).hasSize(1);
  }

  @Test
  void aKeyCannotLeaveTheDirectory() {
    for (String key : List.of("../vm/x", "..", "a/b", "A", "a.json", "a\u0000", "")) {
      assertThatThrownBy(
              () -> ledger.accept(new DesiredDocument(DocumentKind.VOLUME, key, 1, null)))
          .as(key)
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(directory).isEmptyDirectory();
  }

  private Path file(int number) {
    return directory.resolve("volume").resolve(Documents.key(number) + ".json");
  }
}
