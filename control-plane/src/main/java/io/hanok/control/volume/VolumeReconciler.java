package io.hanok.control.volume;

import io.hanok.agent.api.DocumentKind;
import io.hanok.control.agentclient.ObservationListener;
import io.hanok.control.reconcile.Lease;
import io.hanok.control.reconcile.Outcome;
import io.hanok.control.reconcile.Reconciler;
import io.hanok.control.reconcile.WorkQueue;
import java.time.Duration;
import java.util.Set;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Follows a volume that its user deleted until its host has proved that it is gone. */
@Component
public class VolumeReconciler implements Reconciler, ObservationListener {
  static final String KIND = "volume";

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(15);

  private final ObjectProvider<Volumes> volumes;
  private final WorkQueue queue;
  private final JdbcClient jdbc;

  public VolumeReconciler(ObjectProvider<Volumes> volumes, WorkQueue queue, JdbcClient jdbc) {
    this.volumes = volumes;
    this.queue = queue;
    this.jdbc = jdbc;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Outcome reconcile(String volumeId, Lease lease) {
    boolean gone = lease.write(() -> volumes.getObject().finishDeletion(volumeId));
    return gone ? Outcome.settled() : Outcome.again(LOOK_AGAIN, "its host to remove it");
  }

  @Override
  public void observed(String hostId, DocumentKind kind, Set<String> keys) {
    if (kind == DocumentKind.VOLUME) {
      queue.wakeAll(
          KIND,
          jdbc.sql(
                  """
                  SELECT id FROM volume v WHERE id IN (:keys) AND deleted_at IS NOT NULL
                    AND destroyed_at IS NULL
                    AND NOT EXISTS (SELECT 1 FROM volume_attachment a WHERE a.volume_id = v.id)
                  """)
              .param("keys", keys)
              .query(String.class)
              .list());
    }
  }
}
