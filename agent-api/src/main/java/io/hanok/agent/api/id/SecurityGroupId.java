package io.hanok.agent.api.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Id of a security group. */
public record SecurityGroupId(@JsonValue String value) implements ResourceId {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SecurityGroupId {
    IdKind.SECURITY_GROUP.check(value);
  }

  @Override
  public IdKind kind() {
    return IdKind.SECURITY_GROUP;
  }

  @Override
  public String toString() {
    return value;
  }
}
