package io.hanok.control.host;

import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.HostFacts;
import io.hanok.agent.api.HostObject;
import io.hanok.control.agentclient.AgentPresence;
import io.hanok.control.agentclient.Observations;
import io.hanok.control.reconcile.WorkQueue;
import java.sql.Timestamp;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Takes the agents' reports: in order, whole, and with everything found on the host. */
@Service
public class HostReports {
  private static final Logger LOG = LoggerFactory.getLogger(HostReports.class);

  private final JdbcClient jdbc;
  private final Observations observations;
  private final AgentPresence presence;
  private final WorkQueue queue;

  public HostReports(
      JdbcClient jdbc, Observations observations, AgentPresence presence, WorkQueue queue) {
    this.jdbc = jdbc;
    this.observations = observations;
    this.presence = presence;
    this.queue = queue;
  }

  /** Stores a report unless a later one of the same agent has been stored already. */
  @Transactional
  public void accept(AgentReport report) {
    boolean returned = presence.silent(report.hostId().value(), report.agent());
    boolean newer =
        jdbc.sql(
                    """
                    UPDATE agent SET started_at = :started, sequence = :sequence,
                      version = :version, reported_at = now()
                    WHERE host_id = :host AND name = :agent
                      AND (started_at IS NULL OR (started_at, sequence) < (:started, :sequence))
                    """)
                .param("started", Timestamp.from(report.startedAt()))
                .param("sequence", report.sequence())
                .param("version", report.version())
                .param("host", report.hostId().value())
                .param("agent", report.agent().text())
                .update()
            == 1;
    if (!newer) {
      LOG.info("a late report of {} {} is left out", report.hostId(), report.agent().text());
      return;
    }
    if (returned) {
      presence.returned(report.hostId().value(), report.agent());
    }
    facts(report.hostId().value(), report.facts());
    observations.store(report);
    orphans(report);
  }

  private void facts(String host, HostFacts facts) {
    if (facts.cpus() != null) {
      jdbc.sql(
              """
              UPDATE host SET cpus = :cpus, memory_mib = :memory, acceleration = :acceleration,
                hypervisor_version = :version
              WHERE id = :host AND (cpus, memory_mib, acceleration, hypervisor_version)
                IS DISTINCT FROM (:cpus, :memory, :acceleration, :version)
              """)
          .param("cpus", facts.cpus())
          .param("memory", facts.memoryMiB())
          .param("acceleration", facts.acceleration())
          .param("version", facts.hypervisorVersion())
          .param("host", host)
          .update();
    }
    if (facts.pools() != null) {
      forgetPoolsBut(host, facts.pools().stream().map(HostFacts.Pool::name).toList());
      for (HostFacts.Pool pool : facts.pools()) {
        jdbc.sql(
                """
                INSERT INTO pool (host_id, name, kind, total_bytes, free_bytes)
                VALUES (:host, :name, :kind, :total, :free)
                ON CONFLICT (host_id, name) DO UPDATE SET kind = excluded.kind,
                  total_bytes = excluded.total_bytes, free_bytes = excluded.free_bytes
                """)
            .param("host", host)
            .param("name", pool.name())
            .param("kind", pool.kind())
            .param("total", pool.totalBytes())
            .param("free", pool.freeBytes())
            .update();
      }
    }
  }

  /** Pools that are gone take nothing new; one that volumes refer to stays, as full. */
  private void forgetPoolsBut(String host, List<String> names) {
    String[] present = names.toArray(String[]::new);
    jdbc.sql(
            """
            DELETE FROM pool p WHERE host_id = :host AND NOT (name = ANY(:present))
              AND NOT EXISTS (SELECT 1 FROM volume v
                WHERE v.host_id = p.host_id AND v.pool = p.name AND v.destroyed_at IS NULL)
            """)
        .param("host", host)
        .param("present", present)
        .update();
    jdbc.sql(
            """
            UPDATE pool SET free_bytes = 0
            WHERE host_id = :host AND NOT (name = ANY(:present)) AND free_bytes <> 0
            """)
        .param("host", host)
        .param("present", present)
        .update();
  }

  /** Notes what no document asks for; {@link Orphans} decides about it after a grace period. */
  private void orphans(AgentReport report) {
    String host = report.hostId().value();
    int noted = 0;
    for (HostObject object : report.inventory()) {
      if (!object.documented()) {
        noted +=
            jdbc.sql(
                    """
                    INSERT INTO orphan (host_id, agent, kind, name, resource_id)
                    VALUES (:host, :agent, :kind, :name, :resource)
                    ON CONFLICT (host_id, agent, kind, name) DO UPDATE SET last_seen_at = now()
                    """)
                .param("host", host)
                .param("agent", report.agent().text())
                .param("kind", object.kind())
                .param("name", object.name())
                .param("resource", object.resourceId())
                .update();
      }
    }
    jdbc.sql(
            """
            DELETE FROM orphan WHERE host_id = :host AND agent = :agent AND last_seen_at < now()
            """)
        .param("host", host)
        .param("agent", report.agent().text())
        .update();
    if (noted > 0) {
      queue.wake(Orphans.KIND, host);
    }
  }
}
