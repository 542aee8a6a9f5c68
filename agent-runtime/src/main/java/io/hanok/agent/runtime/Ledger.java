package io.hanok.agent.runtime;

import io.hanok.agent.api.ContractJson;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps what the control plane wants of this host on disk, one file for each document, guarded by
 * generations: the past is refused, and so is a known generation with other content.
 *
 * <p>A document that asks for absence is kept as a tombstone, so that a late message cannot bring
 * the thing back; it is dropped only when it has been settled and is older than the retention. A
 * file that cannot be understood is set aside with the ending {@value #DAMAGED} and its key is
 * remembered as damaged: it is neither converged nor taken for an undocumented thing until the
 * control plane has sent the document again.
 *
 * <p>Safe for use by several threads; writes of different keys go on side by side.
 */
public final class Ledger {
  /** How long tombstones are kept. */
  public static final Duration RETENTION = Duration.ofDays(7);

  static final String DAMAGED = ".damaged";
  private static final String FILE = ".json";
  private static final int STRIPES = 64;
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);

  private final Path directory;
  private final Clock clock;
  private final Duration retention;
  private final JsonMapper json = ContractJson.mapper();
  private final Map<DocumentKey, Entry> entries = new ConcurrentHashMap<>();
  private final Set<DocumentKey> damaged = ConcurrentHashMap.newKeySet();
  private final Object[] stripes = new Object[STRIPES];

  /** What became of a document that was offered. */
  public sealed interface Acceptance {
    /**
     * It is in the ledger, on disk.
     *
     * @param changed whether it was not there before
     */
    record Accepted(boolean changed) implements Acceptance {}

    /**
     * It is older than the one in the ledger.
     *
     * @param current generation in the ledger
     */
    record Stale(long current) implements Acceptance {}

    /** The ledger has this generation with other content. */
    record Conflicting() implements Acceptance {}
  }

  /** A line of the ledger, as it stands in its file. */
  record Entry(Instant acceptedAt, DesiredDocument document) {
    Entry {
      if (acceptedAt == null || document == null) {
        throw new IllegalArgumentException("the entry is incomplete");
      }
    }
  }

  private Ledger(Path directory, Clock clock, Duration retention) {
    this.directory = directory;
    this.clock = clock;
    this.retention = retention;
    Arrays.setAll(stripes, i -> new Object());
  }

  /**
   * Opens the ledger in a directory, which is made if need be, and reads all of it.
   *
   * @param retention how long a settled tombstone is kept
   * @throws IOException if the disk cannot be read; a file with unreadable content is no such error
   */
  public static Ledger open(Path directory, Clock clock, Duration retention) throws IOException {
    Ledger ledger = new Ledger(directory, clock, retention);
    for (DocumentKind kind : DocumentKind.values()) {
      Path folder = directory.resolve(kind.text());
      if (Files.isDirectory(folder)) {
        ledger.load(kind, folder);
      }
    }
    return ledger;
  }

  private void load(DocumentKind kind, Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        if (name.endsWith(DurableFile.UNFINISHED)) {
          DurableFile.remove(file);
        } else if (name.endsWith(FILE)) {
          read(kind, file, name.substring(0, name.length() - FILE.length()));
        } else if (name.endsWith(FILE + DAMAGED)) {
          remember(kind, name.substring(0, name.length() - FILE.length() - DAMAGED.length()));
        }
      }
    }
    damaged.removeAll(entries.keySet());
  }

  private void read(DocumentKind kind, Path file, String key) throws IOException {
    byte[] content = Files.readAllBytes(file);
    try {
      Entry entry = json.readValue(content, Entry.class);
      DocumentKey found = DocumentKey.of(entry.document());
      if (found.kind() != kind || !found.key().equals(key)) {
        throw new IllegalArgumentException("it holds " + found);
      }
      entries.put(found, entry);
    } catch (JacksonException | IllegalArgumentException e) {
      Path aside = file.resolveSibling(file.getFileName() + DAMAGED);
      log.error(
          "the ledger's file {} is damaged and set aside as {}: {}; nothing is done about {}/{}"
              + " until the control plane sends it again",
          file,
          aside.getFileName(),
          e.getMessage().lines().findFirst().orElse(""),
          kind.text(),
          key);
      DurableFile.rename(file, aside);
      remember(kind, key);
    }
  }

  private void remember(DocumentKind kind, String key) {
    if (DocumentKey.isSafe(key)) {
      damaged.add(new DocumentKey(kind, key));
    }
  }

  /**
   * Takes a document in; when this returns, it is on disk.
   *
   * @throws IllegalArgumentException if the document's key cannot be a file name
   * @throws IOException if it cannot be written; the ledger is as before
   */
  public Acceptance accept(DesiredDocument document) throws IOException {
    DocumentKey key = DocumentKey.of(document);
    synchronized (stripe(key)) {
      Entry present = entries.get(key);
      if (present != null && document.generation() < present.document().generation()) {
        return new Acceptance.Stale(present.document().generation());
      }
      if (present != null && document.generation() == present.document().generation()) {
        return canonical(document).equals(canonical(present.document()))
            ? new Acceptance.Accepted(false)
            : new Acceptance.Conflicting();
      }
      Entry entry = new Entry(clock.instant(), document);
      Path file = file(key);
      DurableFile.makeDirectory(file.getParent());
      DurableFile.write(file, json.writeValueAsBytes(entry), "rw-------");
      entries.put(key, entry);
      damaged.remove(key);
      return new Acceptance.Accepted(true);
    }
  }

  /** The document with this key, tombstones included. */
  Optional<DesiredDocument> find(DocumentKey key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::document);
  }

  /** All documents, tombstones included. */
  public List<DesiredDocument> documents() {
    return entries.values().stream().map(Entry::document).toList();
  }

  /** The keys whose files were damaged and whose documents have not been sent again. */
  Set<DocumentKey> damaged() {
    return Set.copyOf(damaged);
  }

  /**
   * Drops a tombstone that is past the retention; to be called only for one that is settled.
   *
   * @return whether it was dropped
   */
  boolean dropExpired(DocumentKey key) throws IOException {
    synchronized (stripe(key)) {
      Entry entry = entries.get(key);
      if (entry == null
          || entry.document().present()
          || clock.instant().isBefore(entry.acceptedAt().plus(retention))) {
        return false;
      }
      DurableFile.remove(file(key));
      entries.remove(key);
      return true;
    }
  }

  private Path file(DocumentKey key) {
    return directory.resolve(key.kind().text()).resolve(key.key() + FILE);
  }

  private Object stripe(DocumentKey key) {
    return stripes[Math.floorMod(key.hashCode(), STRIPES)];
  }

  private String canonical(DesiredDocument document) {
    return json.writeValueAsString(document);
  }
}
