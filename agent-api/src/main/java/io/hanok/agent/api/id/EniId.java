package io.hanok.agent.api.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Id of a network interface. */
public record EniId(@JsonValue String value) implements ResourceId {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public EniId {
    IdKind.ENI.check(value);
  }

  @Override
  public IdKind kind() {
    return IdKind.ENI;
  }

  @Override
  public String toString() {
    return value;
  }
}
