package io.hanok.control.agentclient;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.DocumentKind;
import io.hanok.control.reconcile.WorkQueue;
import io.hanok.control.shared.HanokProperties;
import java.util.Arrays;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Tells which agents have been heard of lately, so that a host that is off costs no worker its
 * time.
 */
@Component
public class AgentPresence {
  private final JdbcClient jdbc;
  private final WorkQueue queue;
  private final HanokProperties properties;

  public AgentPresence(JdbcClient jdbc, WorkQueue queue, HanokProperties properties) {
    this.jdbc = jdbc;
    this.queue = queue;
    this.properties = properties;
  }

  /** Whether an agent has not reported within the heartbeat's timeout, or never. */
  public boolean silent(String hostId, AgentName agent) {
    return jdbc.sql(
            """
            SELECT coalesce(reported_at < now() - make_interval(secs => :silence), true)
            FROM agent WHERE host_id = :host AND name = :agent
            """)
        .param("silence", properties.heartbeatTimeout().toMillis() / 1000.0)
        .param("host", hostId)
        .param("agent", agent.text())
        .query(Boolean.class)
        .optional()
        .orElse(true);
  }

  /** An agent reports after a silence: what it has not acknowledged is pushed at once. */
  @Transactional
  public void returned(String hostId, AgentName agent) {
    List<String> kinds =
        Arrays.stream(DocumentKind.values())
            .filter(k -> k.agent() == agent)
            .map(DocumentKind::text)
            .toList();
    queue.wakeAll(
        DocumentPusher.KIND,
        jdbc.sql(
                """
                SELECT host_id || '/' || kind || '/' || key FROM agent_document
                WHERE host_id = :host AND kind IN (:kinds) AND acked_generation < generation
                """)
            .param("host", hostId)
            .param("kinds", kinds)
            .query(String.class)
            .list());
  }
}
