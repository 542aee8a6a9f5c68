package io.hanok.agent.api.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Id of one rule of a security group. */
public record SecurityGroupRuleId(@JsonValue String value) implements ResourceId {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public SecurityGroupRuleId {
    IdKind.SECURITY_GROUP_RULE.check(value);
  }

  @Override
  public IdKind kind() {
    return IdKind.SECURITY_GROUP_RULE;
  }

  @Override
  public String toString() {
    return value;
  }
}
