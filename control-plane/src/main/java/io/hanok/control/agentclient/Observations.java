package io.hanok.control.agentclient;

import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.Observation;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.control.shared.Ambience.ContractMapper;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** Stores what agents report and tells who cares what changed. */
@Component
public class Observations {
  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final List<ObservationListener> listeners;

  public Observations(JdbcClient jdbc, ContractMapper mapper, List<ObservationListener> listeners) {
    this.jdbc = jdbc;
    this.json = mapper.json();
    this.listeners = listeners;
  }

  private record Row(
      long generation, boolean settled, String status, String faultCode, String faultMessage) {}

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
    Map<String, Row> known = known(host, report);
    Set<String> documented = documented(host, report);
    Map<DocumentKind, Set<String>> changed = new EnumMap<>(DocumentKind.class);
    for (Observation o : report.observations()) {
      String id = o.kind().text() + "/" + o.key();
      Row row =
          new Row(
              o.generation(),
              o.settled(),
              o.status() == null ? null : json.writeValueAsString(o.status()),
              o.fault() == null ? null : o.fault().code().name(),
              o.fault() == null ? null : o.fault().message());
      if (o.generation() > 0 && documented.contains(id) && !Objects.equals(known.get(id), row)) {
        write(host, o, row);
        changed.computeIfAbsent(o.kind(), k -> new HashSet<>()).add(o.key());
      }
    }
    changed.forEach(
        (kind, keys) -> listeners.forEach(listener -> listener.observed(host, kind, keys)));
  }

  private void write(String host, Observation o, Row row) {
    jdbc.sql(
            """
            INSERT INTO observation
              (host_id, kind, key, generation, settled, status, fault_code, fault_message)
            VALUES (:host, :kind, :key, :generation, :settled, :status::jsonb, :code, :message)
            ON CONFLICT (host_id, kind, key) DO UPDATE SET
              generation = excluded.generation, settled = excluded.settled,
              status = excluded.status, fault_code = excluded.fault_code,
              fault_message = excluded.fault_message, observed_at = now()
            """)
        .param("host", host)
        .param("kind", o.kind().text())
        .param("key", o.key())
        .param("generation", row.generation())
        .param("settled", row.settled())
        .param("status", row.status())
        .param("code", row.faultCode())
        .param("message", row.faultMessage())
        .update();
  }

  private static Set<String> kindsOf(AgentReport report) {
    return java.util.Arrays.stream(DocumentKind.values())
        .filter(k -> k.agent() == report.agent())
        .map(DocumentKind::text)
        .collect(Collectors.toSet());
  }

  private Map<String, Row> known(String host, AgentReport report) {
    Map<String, Row> known = new HashMap<>();
    jdbc.sql(
            """
            SELECT kind, key, generation, settled, status::text, fault_code, fault_message
            FROM observation WHERE host_id = :host AND kind IN (:kinds)
            """)
        .param("host", host)
        .param("kinds", kindsOf(report))
        .query(
            (row, n) -> {
              String status = row.getString(5);
              known.put(
                  row.getString(1) + "/" + row.getString(2),
                  new Row(
                      row.getLong(3),
                      row.getBoolean(4),
                      status == null
                          ? null
                          : json.writeValueAsString(json.readValue(status, ResourceStatus.class)),
                      row.getString(6),
                      row.getString(7)));
              return 0;
            })
        .list();
    return known;
  }

  private Set<String> documented(String host, AgentReport report) {
    return new HashSet<>(
        jdbc.sql(
                """
                SELECT kind || '/' || key FROM agent_document
                WHERE host_id = :host AND kind IN (:kinds)
                """)
            .param("host", host)
            .param("kinds", kindsOf(report))
            .query(String.class)
            .list());
  }
}
