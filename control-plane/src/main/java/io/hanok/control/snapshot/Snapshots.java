package io.hanok.control.snapshot;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.shared.Ids;
import io.hanok.control.tag.Tags;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Writes the snapshots that stand for the disks of images. */
@Service
public class Snapshots {
  private final SnapshotRepository rows;
  private final JdbcClient jdbc;
  private final Ids ids;
  private final Clock clock;
  private final Tags tags;

  public Snapshots(SnapshotRepository rows, JdbcClient jdbc, Ids ids, Clock clock, Tags tags) {
    this.rows = rows;
    this.jdbc = jdbc;
    this.ids = ids;
    this.clock = clock;
    this.tags = tags;
  }

  /** Makes the pending snapshot of a disk that is still to be read. */
  @Transactional
  public Snapshot begin(String accountId, String description) {
    return rows.saveAndFlush(
        new Snapshot(ids.next(IdKind.SNAPSHOT), accountId, description, clock.instant()));
  }

  /** Notes how far the disk has been read, 0 to 100. */
  @Transactional
  public void progressed(String id, int percent) {
    jdbc.sql("UPDATE snapshot SET progress_percent = :percent WHERE id = :id")
        .param("percent", percent)
        .param("id", id)
        .update();
  }

  /** Completes a snapshot whose disk has been read, with its size in GiB. */
  @Transactional
  public void complete(String id, int sizeGib) {
    jdbc.sql(
            """
            UPDATE snapshot SET state = 'completed', progress_percent = 100, volume_size_gib = :size
            WHERE id = :id
            """)
        .param("size", sizeGib)
        .param("id", id)
        .update();
  }

  /** Gives up a snapshot whose disk cannot be read. */
  @Transactional
  public void fail(String id) {
    jdbc.sql("UPDATE snapshot SET state = 'error' WHERE id = :id").param("id", id).update();
  }

  /** Deletes the snapshot of a disk that is taken off all hosts. */
  @Transactional
  public void delete(String id) {
    jdbc.sql("UPDATE snapshot SET deleted_at = coalesce(deleted_at, :now) WHERE id = :id")
        .param("now", Timestamp.from(clock.instant()))
        .param("id", id)
        .update();
    tags.forget(List.of(id));
  }

  /** The snapshots of the given ids, by id. */
  @Transactional(readOnly = true)
  public Map<String, Snapshot> findAll(Collection<String> snapshotIds) {
    return rows.findAllById(snapshotIds).stream()
        .collect(Collectors.toUnmodifiableMap(Snapshot::id, Function.identity()));
  }
}
