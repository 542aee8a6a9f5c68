package io.hanok.agent.api.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/** Id of a machine image (AMI). */
public record ImageId(@JsonValue String value) implements ResourceId {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public ImageId {
    IdKind.IMAGE.check(value);
  }

  @Override
  public IdKind kind() {
    return IdKind.IMAGE;
  }

  @Override
  public String toString() {
    return value;
  }
}
