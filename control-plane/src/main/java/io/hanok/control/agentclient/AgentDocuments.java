package io.hanok.control.agentclient;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.DocumentSpec;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.control.reconcile.WorkQueue;
import io.hanok.control.shared.Ambience.ContractMapper;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;
import tools.jackson.databind.json.JsonMapper;

/** What is wanted of each thing on each host: written in the caller's transaction, pushed after. */
@Component
public class AgentDocuments {
  private static final String VIEW =
      """
      SELECT d.host_id, d.kind, d.key, d.generation, d.spec::text AS spec,
        o.generation AS seen_generation, o.settled, o.status::text AS status,
        o.fault_code, o.fault_message
      FROM agent_document d LEFT JOIN observation o USING (host_id, kind, key)
      """;

  private final JdbcClient jdbc;
  private final JsonMapper json;
  private final WorkQueue queue;

  public AgentDocuments(JdbcClient jdbc, ContractMapper mapper, WorkQueue queue) {
    this.jdbc = jdbc;
    this.json = mapper.json();
    this.queue = queue;
  }

  /** Wants a thing to exist as described; the generation moves only if the description does. */
  @Transactional
  public void put(String hostId, DocumentKind kind, String key, DocumentSpec spec) {
    write(hostId, kind, key, json.writeValueAsString(spec));
  }

  /** Wants a thing to be absent. */
  @Transactional
  public void putAbsent(String hostId, DocumentKind kind, String key) {
    write(hostId, kind, key, null);
  }

  private void write(String hostId, DocumentKind kind, String key, String spec) {
    int changed =
        jdbc.sql(
                """
                INSERT INTO agent_document AS d (host_id, kind, key, generation, spec)
                VALUES (:host, :kind, :key, 1, :spec::jsonb)
                ON CONFLICT (host_id, kind, key) DO UPDATE
                SET generation = d.generation + 1, spec = excluded.spec, changed_at = now()
                WHERE d.spec IS DISTINCT FROM excluded.spec
                """)
            .param("host", hostId)
            .param("kind", kind.text())
            .param("key", key)
            .param("spec", spec)
            .update();
    if (changed > 0) {
      queue.wake(DocumentPusher.KIND, DocumentPusher.key(hostId, kind, key));
    }
  }

  /** A document with what its agent last saw of it. */
  public Optional<DocumentView> find(String hostId, DocumentKind kind, String key) {
    return jdbc.sql(VIEW + " WHERE d.host_id = :host AND d.kind = :kind AND d.key = :key")
        .param("host", hostId)
        .param("kind", kind.text())
        .param("key", key)
        .query((row, n) -> view(row))
        .optional();
  }

  /** Documents of a kind by key, whichever host they are on. */
  public Map<String, DocumentView> findAll(DocumentKind kind, Collection<String> keys) {
    Map<String, DocumentView> found = new HashMap<>();
    if (!keys.isEmpty()) {
      jdbc.sql(VIEW + " WHERE d.kind = :kind AND d.key IN (:keys)")
          .param("kind", kind.text())
          .param("keys", keys)
          .query(
              (row, n) -> {
                found.put(row.getString("key"), view(row));
                return 0;
              })
          .list();
    }
    return found;
  }

  /**
   * Forgets a document that its agent has proved absent.
   *
   * <p>The agent keeps its tombstone, so a late push of an older generation is still refused.
   */
  @Transactional
  public void forget(String hostId, DocumentKind kind, String key) {
    for (String table : List.of("observation", "agent_document")) {
      jdbc.sql("DELETE FROM " + table + " WHERE host_id = :host AND kind = :kind AND key = :key")
          .param("host", hostId)
          .param("kind", kind.text())
          .param("key", key)
          .update();
    }
  }

  /**
   * Sends a document again under a new generation: its agent gave up on the present one, or holds
   * other content under it.
   */
  @Transactional
  public void retry(String hostId, DocumentKind kind, String key) {
    jdbc.sql(
            """
            UPDATE agent_document SET generation = generation + 1
            WHERE host_id = :host AND kind = :kind AND key = :key
            """)
        .param("host", hostId)
        .param("kind", kind.text())
        .param("key", key)
        .update();
    queue.wake(DocumentPusher.KIND, DocumentPusher.key(hostId, kind, key));
  }

  /** What the hosts saw of documents of a kind, by key, without the documents themselves. */
  public Map<String, ResourceStatus> statuses(DocumentKind kind, Collection<String> keys) {
    Map<String, ResourceStatus> found = new HashMap<>();
    if (!keys.isEmpty()) {
      jdbc.sql(
              """
              SELECT key, status::text AS status FROM observation
              WHERE kind = :kind AND key IN (:keys) AND status IS NOT NULL
              """)
          .param("kind", kind.text())
          .param("keys", keys)
          .query(
              row -> {
                found.put(
                    row.getString("key"),
                    json.readValue(row.getString("status"), ResourceStatus.class));
              });
    }
    return found;
  }

  /** The document as it is sent. */
  Optional<DesiredDocument> desired(String hostId, DocumentKind kind, String key) {
    return jdbc.sql(
            """
            SELECT generation, spec::text FROM agent_document
            WHERE host_id = :host AND kind = :kind AND key = :key
            """)
        .param("host", hostId)
        .param("kind", kind.text())
        .param("key", key)
        .query((row, n) -> new DesiredDocument(kind, key, row.getLong(1), spec(row.getString(2))))
        .optional();
  }

  void acknowledged(String hostId, DesiredDocument document) {
    jdbc.sql(
            """
            UPDATE agent_document SET acked_generation = greatest(acked_generation, :generation)
            WHERE host_id = :host AND kind = :kind AND key = :key
            """)
        .param("generation", document.generation())
        .param("host", hostId)
        .param("kind", document.kind().text())
        .param("key", document.key())
        .update();
  }

  private DocumentView view(ResultSet row) throws SQLException {
    DocumentView.Observed observed = null;
    if (row.getObject("settled") != null) {
      String fault = row.getString("fault_code");
      String status = row.getString("status");
      observed =
          new DocumentView.Observed(
              row.getLong("seen_generation"),
              row.getBoolean("settled"),
              status == null ? null : json.readValue(status, ResourceStatus.class),
              fault == null
                  ? null
                  : new AgentFault(AgentFault.Code.valueOf(fault), row.getString("fault_message")));
    }
    return new DocumentView(row.getLong("generation"), spec(row.getString("spec")), observed);
  }

  private DocumentSpec spec(String text) {
    return text == null ? null : json.readValue(text, DocumentSpec.class);
  }
}
