package io.hanok.control.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.control.ControlPlaneTest;
import io.hanok.control.SimHosts;
import io.hanok.control.shared.HanokProperties;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A control plane that was away takes no host for dead that it could not have heard. */
@ControlPlaneTest
class HostSilenceTest {
  @Autowired SimHosts sim;
  @Autowired JdbcClient jdbc;
  @Autowired HanokProperties properties;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));

  @Test
  void afterARestartThoseReportThatWereHeardOfWhenAnybodyWas() {
    String alive = sim.addHost("silence-alive", "home-1a");
    String dead = sim.addHost("silence-dead", "home-1a");
    jdbc.sql("UPDATE agent SET reported_at = now() - interval '1 hour'").update();
    silent(dead, "2 hours");
    Hosts hosts = new Hosts(jdbc, new HostSilence(jdbc, properties, clock()));

    assertThat(reporting(hosts)).contains(alive).doesNotContain(dead);

    now.set(now.get().plus(properties.heartbeatTimeout()).plus(Duration.ofSeconds(1)));
    assertThat(reporting(hosts)).as("it had its time to report").doesNotContain(alive, dead);

    silent(alive, "1 second");
    assertThat(reporting(hosts)).contains(alive);
  }

  private void silent(String host, String interval) {
    jdbc.sql("UPDATE agent SET reported_at = now() - :i::interval WHERE host_id = :h")
        .param("i", interval)
        .param("h", host)
        .update();
  }

  private static List<String> reporting(Hosts hosts) {
    return hosts.all().stream().filter(Hosts.HostView::reporting).map(Hosts.HostView::id).toList();
  }

  private Clock clock() {
    InstantSource source = now::get;
    return source.withZone(ZoneOffset.UTC);
  }
}
