package io.hanok.control.host;

import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.id.IdKind;
import io.hanok.control.agentclient.AgentDocuments;
import io.hanok.control.agentclient.DocumentView;
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
 * <p>Only virtual machines whose incarnation is known to have ended are removed. What the database
 * does not know may be older or newer than the database itself: it stays listed. A volume without a
 * document is never removed: it is somebody's data, and only a user's intent may destroy that.
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
    lease.write(() -> forgetCollected(host));
    boolean young =
        jdbc.sql(
                    """
                    SELECT count(*) FROM orphan
                    WHERE host_id = :host AND first_seen_at >= now() - make_interval(secs => :grace)
                    """)
                .param("host", host)
                .param("grace", (double) GRACE.toSeconds())
                .query(Long.class)
                .single()
            > 0;
    return young ? Outcome.again(GRACE, "the grace period of orphans") : Outcome.settled();
  }

  /** Forgets the documents of collected virtual machines once they are proved absent. */
  private void forgetCollected(String host) {
    jdbc.sql(
            """
            SELECT d.key FROM agent_document d JOIN vm ON vm.id = d.key
            WHERE d.host_id = :host AND d.kind = 'vm' AND d.spec IS NULL
              AND vm.ended_at IS NOT NULL
            """)
        .param("host", host)
        .query(String.class)
        .list()
        .forEach(
            key ->
                documents
                    .find(host, DocumentKind.VM, key)
                    .filter(DocumentView::provedAbsent)
                    .ifPresent(d -> documents.forget(host, DocumentKind.VM, key)));
  }

  private boolean ended(String vmId) {
    return jdbc.sql("SELECT count(*) FROM vm WHERE id = :vm AND ended_at IS NOT NULL")
            .param("vm", vmId)
            .query(Long.class)
            .single()
        == 1;
  }
}
