package io.hanok.agent.api.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Id of a block volume. */
public record VolumeId(@JsonValue String value) implements ResourceId {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public VolumeId {
    IdKind.VOLUME.check(value);
  }

  @Override
  public IdKind kind() {
    return IdKind.VOLUME;
  }

  @Override
  public String toString() {
    return value;
  }
}
