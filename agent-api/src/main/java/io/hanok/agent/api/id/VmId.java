package io.hanok.agent.api.id;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;

/**
 * Id of one incarnation of an instance: one virtual machine on one host, from one start to its end.
 */
public record VmId(@JsonValue String value) implements ResourceId {
  @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
  public VmId {
    IdKind.VM.check(value);
  }

  @Override
  public IdKind kind() {
    return IdKind.VM;
  }

  @Override
  public String toString() {
    return value;
  }
}
