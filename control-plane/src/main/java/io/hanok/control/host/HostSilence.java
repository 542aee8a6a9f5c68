package io.hanok.control.host;

import io.hanok.control.shared.HanokProperties;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Tells how long a host may have been silent and still count as reporting.
 *
 * <p>That is the heartbeat timeout, except after a start: while nobody listened, nobody could be
 * heard, so until the hosts have had that time to report again, those count that were heard of when
 * last anybody was. Otherwise each restart would refuse launches for a few seconds.
 */
@Component
public class HostSilence {
  private final Duration timeout;
  private final Duration unheard;
  private final Instant started;
  private final Clock clock;

  /** Begins to listen now. */
  public HostSilence(JdbcClient jdbc, HanokProperties properties, Clock clock) {
    this.timeout = properties.heartbeatTimeout();
    this.clock = clock;
    this.started = clock.instant();
    double seconds =
        jdbc.sql(
                "SELECT coalesce(extract(epoch FROM now() - max(reported_at)), 0)::float8 FROM agent")
            .query(Double.class)
            .single();
    this.unheard = Duration.ofMillis(Math.max(0, Math.round(seconds * 1000)));
  }

  /** The longest silence, up to now, of a host that counts as reporting. */
  public Duration patience() {
    Duration listening = Duration.between(started, clock.instant());
    return listening.compareTo(timeout) < 0 ? timeout.plus(unheard).plus(listening) : timeout;
  }
}
