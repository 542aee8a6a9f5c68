package io.hanok.agent.runtime;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;

/**
 * An agent's settings: a properties file named on its command line.
 *
 * <p>Common keys: {@code state} (the agent's own directory: ledger, keys), {@code listen} ({@code
 * address:port}), {@code control-plane} (URL of the agents' door). The rest belongs to one agent.
 */
public final class AgentSettings {
  private final Properties properties;

  public AgentSettings(Properties properties) {
    this.properties = properties;
  }

  /**
   * Reads a file.
   *
   * @throws IOException if it cannot be read
   */
  public static AgentSettings read(Path file) throws IOException {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      properties.load(reader);
    }
    return new AgentSettings(properties);
  }

  /**
   * A setting that must be there.
   *
   * @throws IllegalArgumentException naming the setting if it is not
   */
  public String required(String key) {
    return optional(key)
        .orElseThrow(() -> new IllegalArgumentException("the setting '" + key + "' is missing"));
  }

  /** A setting that may be left out. */
  public Optional<String> optional(String key) {
    return Optional.ofNullable(properties.getProperty(key))
        .map(String::strip)
        .filter(v -> !v.isEmpty());
  }

  /** The agent's own directory. */
  public Path state() {
    return Path.of(required("state"));
  }
}
