package io.hanok.control.agentclient;

import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.DocumentKind;
import io.hanok.control.reconcile.WorkQueue;
import io.hanok.control.shared.Ambience.ContractMapper;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Stores what agents report, tells who cares what changed, and sends again what an agent lost. */
@Component
public class Observations {
  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final WorkQueue queue;
  private final List<ObservationListener> listeners;

  public Observations(
      JdbcClient jdbc,
      ContractMapper mapper,
      WorkQueue queue,
      List<ObservationListener> listeners) {
    this.jdbc = jdbc;
    this.json = mapper.json();
    this.queue = queue;
    this.listeners = listeners;
  }

  private record Changed(DocumentKind kind, String key) {}

  /**
   * Stores the observations of a report that has been found to be newer than the last one.
   *
   * <p>Observations of keys that are no longer documented are left out: their agent holds a
   * tombstone that the control plane has already forgotten. An agent that has just started and not
   * looked yet says generation 0: what was known stays.
   */
  @Transactional
  public void store(AgentReport report) {
    String host = report.hostId().value();
    String observations = json.writeValueAsString(report.observations());
    Map<DocumentKind, Set<String>> changed = new EnumMap<>(DocumentKind.class);
    for (Changed c : write(host, observations)) {
      changed.computeIfAbsent(c.kind(), k -> new HashSet<>()).add(c.key());
    }
    changed.forEach(
        (kind, keys) -> listeners.forEach(listener -> listener.observed(host, kind, keys)));
    sendAgain(report, observations);
  }

  /** Writes what differs from what is known, in one statement, and returns that. */
  private List<Changed> write(String host, String observations) {
    return jdbc.sql(
            """
            INSERT INTO observation AS o
              (host_id, kind, key, generation, settled, status, fault_code, fault_message)
            SELECT d.host_id, d.kind, d.key, r.generation, r.settled, r.status,
              r.fault ->> 'code', r.fault ->> 'message'
            FROM jsonb_to_recordset(:report::jsonb) AS r
              (kind text, key text, generation bigint, settled boolean, status jsonb, fault jsonb)
            JOIN agent_document d ON d.host_id = :host AND d.kind = r.kind AND d.key = r.key
            WHERE r.generation > 0
            ORDER BY d.kind, d.key
            ON CONFLICT (host_id, kind, key) DO UPDATE SET
              generation = excluded.generation, settled = excluded.settled,
              status = excluded.status, fault_code = excluded.fault_code,
              fault_message = excluded.fault_message, observed_at = now()
            WHERE (o.generation, o.settled, o.status, o.fault_code, o.fault_message)
              IS DISTINCT FROM (excluded.generation, excluded.settled, excluded.status,
                excluded.fault_code, excluded.fault_message)
            RETURNING kind, key
            """)
        .param("report", observations)
        .param("host", host)
        .query((row, n) -> new Changed(DocumentKind.ofText(row.getString(1)), row.getString(2)))
        .list();
  }

  /**
   * Has documents pushed that the agent acknowledged once and no longer has: its ledger was lost or
   * damaged. Where it holds a later generation, from before this database was restored, the
   * document is lifted above it.
   */
  private void sendAgain(AgentReport report, String observations) {
    List<String> kinds =
        Arrays.stream(DocumentKind.values())
            .filter(k -> k.agent() == report.agent())
            .map(DocumentKind::text)
            .toList();
    List<String> again =
        jdbc.sql(
                """
                UPDATE agent_document d SET acked_generation = 0,
                  generation = greatest(d.generation, coalesce(r.generation + 1, 0))
                FROM agent_document held
                LEFT JOIN jsonb_to_recordset(:report::jsonb) AS r
                  (kind text, key text, generation bigint) USING (kind, key)
                WHERE d.host_id = :host AND d.kind IN (:kinds)
                  AND held.host_id = d.host_id AND held.kind = d.kind AND held.key = d.key
                  AND ((r.generation IS NULL AND d.acked_generation > 0)
                    OR r.generation > d.generation)
                RETURNING d.host_id || '/' || d.kind || '/' || d.key
                """)
            .param("report", observations)
            .param("host", report.hostId().value())
            .param("kinds", kinds)
            .query(String.class)
            .list();
    queue.wakeAll(DocumentPusher.KIND, again);
  }
}
