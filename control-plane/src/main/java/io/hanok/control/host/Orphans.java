package io.hanok.control.host;

import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.id.IdKind;
import io.hanok.control.agentclient.AgentDocuments;
import io.hanok.control.reconcile.Lease;
import io.hanok.control.reconcile.Outcome;
import io.hanok.control.reconcile.Reconciler;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Collects what is on a host though no document asks for it, in two phases: noted when reported,
 * removed when it is still reported after a grace period and the rows say that it has ended.
 *
 * <p>Only virtual machines whose incarnation has ended are removed. A volume without a document is
 * never removed: it is somebody's data, and only a user's intent may destroy that; it stays listed.
 */
@Component
public class Orphans implements Reconciler {
  static final String KIND = "orphans";

  private static final Logger LOG = LoggerFactory.getLogger(Orphans.class);
  private static final Duration GRACE = Duration.ofSeconds(60);

  private final JdbcClient jdbc;
  private final AgentDocuments documents;

  public Orphans(JdbcClient jdbc, AgentDocuments documents) {
    this.jdbc = jdbc;
    this.documents = documents;
  }

  @Override
  public String kind() {
    return KIND;
  }

  private record Found(String kind, String name, String resourceId) {}

  @Override
  public Outcome reconcile(String host, Lease lease) {
    List<Found> ripe =
        jdbc.sql(
                """
                SELECT kind, name, resource_id FROM orphan
                WHERE host_id = :host AND first_seen_at < now() - make_interval(secs => :grace)
                """)
            .param("host", host)
            .param("grace", (double) GRACE.toSeconds())
            .query((r, n) -> new Found(r.getString(1), r.getString(2), r.getString(3)))
            .list();
    for (Found found : ripe) {
      if (IdKind.VM.matches(found.resourceId()) && ended(found.resourceId())) {
        LOG.warn("{} on {} has ended and is removed", found.name(), host);
        lease.write(() -> documents.putAbsent(host, DocumentKind.VM, found.resourceId()));
      }
    }
    boolean waiting =
        jdbc.sql("SELECT count(*) FROM orphan WHERE host_id = :host AND NOT (kind = ANY(:kept))")
                .param("host", host)
                .param("kept", "{volume,base}")
                .query(Long.class)
                .single()
            > ripe.size();
    return waiting ? Outcome.again(GRACE, "the grace period of orphans") : Outcome.settled();
  }

  private boolean ended(String vmId) {
    return jdbc.sql("SELECT count(*) FROM vm WHERE id = :vm AND ended_at IS NULL")
            .param("vm", vmId)
            .query(Long.class)
            .single()
        == 0;
  }
}
