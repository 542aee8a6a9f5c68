package io.hanok.agent.api.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Id of a virtual private cloud. */
public record VpcId(@JsonValue String value) implements ResourceId {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public VpcId {
    IdKind.VPC.check(value);
  }

  @Override
  public IdKind kind() {
    return IdKind.VPC;
  }

  @Override
  public String toString() {
    return value;
  }
}
