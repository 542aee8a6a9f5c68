package io.hanok.control.image;

import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.control.agentclient.AgentDocuments;
import io.hanok.control.agentclient.DocumentView;
import io.hanok.control.agentclient.ObservationListener;
import io.hanok.control.reconcile.Lease;
import io.hanok.control.reconcile.Outcome;
import io.hanok.control.reconcile.Reconciler;
import io.hanok.control.reconcile.WorkQueue;
import io.hanok.control.snapshot.Snapshots;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Follows an image's import on its host until it is available or given up, and takes a deregistered
 * or failed image off all hosts.
 */
@Component
public class ImageReconciler implements Reconciler, ObservationListener {
  static final String KIND = "image";

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(30);

  private final ImageRepository rows;
  private final AgentDocuments documents;
  private final Snapshots snapshots;
  private final WorkQueue queue;
  private final JdbcClient jdbc;

  public ImageReconciler(
      ImageRepository rows,
      AgentDocuments documents,
      Snapshots snapshots,
      WorkQueue queue,
      JdbcClient jdbc) {
    this.rows = rows;
    this.documents = documents;
    this.snapshots = snapshots;
    this.queue = queue;
    this.jdbc = jdbc;
  }

  @Override
  public String kind() {
    return KIND;
  }

  /** Downloads are long. */
  @Override
  public Duration deadline() {
    return Duration.ofMinutes(30);
  }

  @Override
  public void observed(String hostId, DocumentKind kind, Set<String> keys) {
    if (kind == DocumentKind.IMAGE) {
      queue.wakeAll(KIND, keys);
    }
  }

  @Override
  public Outcome reconcile(String key, Lease lease) {
    return lease.write(() -> reconcile(key));
  }

  private Outcome reconcile(String id) {
    Optional<Image> found = rows.findById(id);
    if (found.isEmpty()) {
      return Outcome.settled();
    }
    Image image = found.get();
    Map<String, DocumentView> hosts = hosts(id);
    return switch (ImagePlan.next(image.state(), inUse(id), hosts)) {
      case ImagePlan.Step.Leave leave -> Outcome.settled();
      case ImagePlan.Step.WaitForUses wait ->
          Outcome.again(LOOK_AGAIN, "instances or volumes that are being made from it");
      case ImagePlan.Step.Progress progress -> {
        progressed(image, progress.percent());
        yield Outcome.again(LOOK_AGAIN, "its import on " + String.join(", ", hosts.keySet()));
      }
      case ImagePlan.Step.Complete complete -> {
        complete(image, complete, hosts);
        yield Outcome.settled();
      }
      case ImagePlan.Step.GiveUp giveUp -> {
        giveUp(image, giveUp.reason());
        yield remove(id, hosts);
      }
      case ImagePlan.Step.Remove remove -> remove(id, hosts);
    };
  }

  private void progressed(Image image, int percent) {
    jdbc.sql("UPDATE image SET progress_percent = :percent WHERE id = :id")
        .param("percent", percent)
        .param("id", image.id())
        .update();
    snapshots.progressed(image.snapshotId(), percent);
  }

  private void complete(
      Image image, ImagePlan.Step.Complete complete, Map<String, DocumentView> hosts) {
    ResourceStatus.Image read = complete.image();
    jdbc.sql(
            """
            UPDATE image SET available = true, progress_percent = 100, size_bytes = :size,
              source_sha256 = coalesce(:sha256, source_sha256), source_format = :format
            WHERE id = :id
            """)
        .param("size", read.sizeBytes())
        .param("sha256", read.sha256())
        .param("format", read.format())
        .param("id", image.id())
        .update();
    snapshots.complete(image.snapshotId(), complete.sizeGib());
    // From now on every host must find what this one found.
    hosts.forEach(
        (host, view) -> {
          if (view.spec() instanceof ImageSpec spec && read.sha256() != null) {
            documents.put(
                host,
                DocumentKind.IMAGE,
                image.id(),
                new ImageSpec(spec.imageId(), spec.pool(), spec.source(), read.sha256()));
          }
        });
  }

  private void giveUp(Image image, String reason) {
    jdbc.sql("UPDATE image SET failed_reason = :reason WHERE id = :id")
        .param("reason", reason)
        .param("id", image.id())
        .update();
    snapshots.fail(image.snapshotId());
  }

  private Outcome remove(String id, Map<String, DocumentView> hosts) {
    boolean left = false;
    for (Map.Entry<String, DocumentView> host : hosts.entrySet()) {
      if (host.getValue().provedAbsent()) {
        documents.forget(host.getKey(), DocumentKind.IMAGE, id);
      } else {
        documents.putAbsent(host.getKey(), DocumentKind.IMAGE, id);
        left = true;
      }
    }
    return left
        ? Outcome.again(LOOK_AGAIN, "its base to leave " + String.join(", ", hosts.keySet()))
        : Outcome.settled();
  }

  private Map<String, DocumentView> hosts(String id) {
    List<String> hosts =
        jdbc.sql("SELECT host_id FROM agent_document WHERE kind = :kind AND key = :key ORDER BY 1")
            .param("kind", DocumentKind.IMAGE.text())
            .param("key", id)
            .query(String.class)
            .list();
    Map<String, DocumentView> views = new HashMap<>();
    for (String host : hosts) {
      documents.find(host, DocumentKind.IMAGE, id).ifPresent(view -> views.put(host, view));
    }
    return views;
  }

  /**
   * Whether a volume is wanted whose disk is not there yet, or an instance that has neither run nor
   * got its root volume: both still clone the base.
   */
  private boolean inUse(String id) {
    return jdbc.sql(
            """
            SELECT EXISTS (
              SELECT FROM volume v WHERE v.source_image_id = :id
                AND v.deleted_at IS NULL AND v.destroyed_at IS NULL
                AND NOT EXISTS (
                  SELECT FROM observation o WHERE o.kind = 'volume' AND o.key = v.id::text
                    AND o.settled AND o.status ->> 'type' = 'Volume'))
            OR EXISTS (
              SELECT FROM instance i WHERE i.image_id = :id
                AND i.power <> 'terminated' AND i.terminated_at IS NULL
                AND NOT EXISTS (SELECT FROM volume_attachment a WHERE a.instance_id = i.id)
                AND NOT EXISTS (
                  SELECT FROM vm WHERE vm.instance_id = i.id AND vm.running_at IS NOT NULL))
            """)
        .param("id", id)
        .query(Boolean.class)
        .single();
  }
}
