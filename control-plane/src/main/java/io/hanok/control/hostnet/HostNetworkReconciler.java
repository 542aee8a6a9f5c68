package io.hanok.control.hostnet;

import io.hanok.agent.api.DocumentKind;
import io.hanok.control.agentclient.AgentDocuments;
import io.hanok.control.reconcile.Lease;
import io.hanok.control.reconcile.Outcome;
import io.hanok.control.reconcile.Reconciler;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Keeps each host's network document as the rows say.
 *
 * <p>The host's row is locked before anything is read, so that of two compositions at once the
 * later one reads, and writes, the newer state.
 */
@Component
public class HostNetworkReconciler implements Reconciler {
  private final HostNetworkRows rows;
  private final AgentDocuments documents;
  private final JdbcClient jdbc;

  public HostNetworkReconciler(HostNetworkRows rows, AgentDocuments documents, JdbcClient jdbc) {
    this.rows = rows;
    this.documents = documents;
    this.jdbc = jdbc;
  }

  @Override
  public String kind() {
    return HostNetworks.KIND;
  }

  @Override
  public Outcome reconcile(String hostId, Lease lease) {
    lease.write(() -> compose(hostId));
    return Outcome.settled();
  }

  private void compose(String hostId) {
    boolean known =
        !jdbc.sql("SELECT 1 FROM host WHERE id = :id FOR NO KEY UPDATE")
            .param("id", hostId)
            .query(Integer.class)
            .list()
            .isEmpty();
    if (known) {
      documents.put(
          hostId, DocumentKind.HOST_NETWORK, hostId, HostNetworkPlan.compose(rows.read(hostId)));
    }
  }
}
