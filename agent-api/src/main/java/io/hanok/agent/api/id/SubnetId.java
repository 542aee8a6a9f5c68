package io.hanok.agent.api.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Id of a subnet. */
public record SubnetId(@JsonValue String value) implements ResourceId {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SubnetId {
    IdKind.SUBNET.check(value);
  }

  @Override
  public IdKind kind() {
    return IdKind.SUBNET;
  }

  @Override
  public String toString() {
    return value;
  }
}
