package io.hanok.agent.api.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Id of an allocated elastic address. */
public record AllocationId(@JsonValue String value) implements ResourceId {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public AllocationId {
    IdKind.ALLOCATION.check(value);
  }

  @Override
  public IdKind kind() {
    return IdKind.ALLOCATION;
  }

  @Override
  public String toString() {
    return value;
  }
}
