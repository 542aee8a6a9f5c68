package io.hanok.agent.api.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Id of a snapshot of a volume. */
public record SnapshotId(@JsonValue String value) implements ResourceId {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SnapshotId {
    IdKind.SNAPSHOT.check(value);
  }

  @Override
  public IdKind kind() {
    return IdKind.SNAPSHOT;
  }

  @Override
  public String toString() {
    return value;
  }
}
