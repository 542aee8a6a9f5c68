package io.hanok.agent.api.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Id of a host that runs the three agents. */
public record HostId(@JsonValue String value) implements ResourceId {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public HostId {
    IdKind.HOST.check(value);
  }

  @Override
  public IdKind kind() {
    return IdKind.HOST;
  }

  @Override
  public String toString() {
    return value;
  }
}
