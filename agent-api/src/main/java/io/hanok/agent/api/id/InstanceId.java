package io.hanok.agent.api.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Id of an instance, which outlives the virtual machines that embody it. */
public record InstanceId(@JsonValue String value) implements ResourceId {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public InstanceId {
    IdKind.INSTANCE.check(value);
  }

  @Override
  public IdKind kind() {
    return IdKind.INSTANCE;
  }

  @Override
  public String toString() {
    return value;
  }
}
