package io.hanok.agent.api;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** The three agents of a host: separate services, because they need different rights. */
public enum AgentName {
  COMPUTE,
  STORAGE,
  NETWORK;

  /** Lower-case form, used in certificates, paths and JSON. */
  @JsonValue
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
