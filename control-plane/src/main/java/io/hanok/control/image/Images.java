package io.hanok.control.image;

import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.id.IdKind;
import io.hanok.agent.api.id.ImageId;
import io.hanok.control.agentclient.AgentDocuments;
import io.hanok.control.reconcile.WorkQueue;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.HanokProperties;
import io.hanok.control.shared.Ids;
import io.hanok.control.snapshot.Snapshot;
import io.hanok.control.snapshot.Snapshots;
import io.hanok.control.tag.Tags;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Imports, shares, finds and deregisters images. */
@Service
public class Images {
  private final ImageRepository rows;
  private final ImageLaunchPermissionRepository permissions;
  private final Snapshots snapshots;
  private final Tags tags;
  private final AgentDocuments documents;
  private final WorkQueue queue;
  private final JdbcClient jdbc;
  private final Ids ids;
  private final Clock clock;
  private final HanokProperties properties;

  public Images(
      ImageRepository rows,
      ImageLaunchPermissionRepository permissions,
      Snapshots snapshots,
      Tags tags,
      AgentDocuments documents,
      WorkQueue queue,
      JdbcClient jdbc,
      Ids ids,
      Clock clock,
      HanokProperties properties) {
    this.rows = rows;
    this.permissions = permissions;
    this.snapshots = snapshots;
    this.tags = tags;
    this.documents = documents;
    this.queue = queue;
    this.jdbc = jdbc;
    this.ids = ids;
    this.clock = clock;
    this.properties = properties;
  }

  /** A host's pool. */
  private record Place(String hostId, String pool) {}

  /**
   * An image that the caller may launch from, held so that it is not deregistered before the
   * caller's transaction ends.
   *
   * @throws CloudException InvalidAMIID.Malformed; InvalidAMIID.NotFound, also for an image of
   *     another account that is private or not available; InvalidAMIID.Unavailable for the caller's
   *     own while it is imported or if that failed
   */
  @Transactional
  public Image requireLaunchable(Caller caller, String imageId) {
    Errors.wellFormed(IdKind.IMAGE, imageId);
    jdbc.sql("SELECT 1 FROM image WHERE id = :id FOR SHARE")
        .param("id", imageId)
        .query((row, n) -> 0)
        .list();
    Image image =
        rows.findById(imageId)
            .filter(i -> visible(caller, i))
            .orElseThrow(() -> Errors.notFound(IdKind.IMAGE, imageId));
    return switch (image.state()) {
      case AVAILABLE -> image;
      case PENDING ->
          throw unavailable(
              "The AMI '%s' is pending: its import is at %d %%. Wait until it is available."
                  .formatted(imageId, image.progressPercent()));
      case FAILED ->
          throw unavailable(
              "The import of AMI '%s' failed: %s".formatted(imageId, image.failedReason()));
      case DEREGISTERED -> throw Errors.notFound(IdKind.IMAGE, imageId);
    };
  }

  /** The document that puts an image on a host, into a pool of it. */
  public ImageSpec specOn(Image image, String pool) {
    return new ImageSpec(new ImageId(image.id()), pool, image.source(), image.sourceSha256());
  }

  /**
   * Wants an image on a host where a volume is to be made from it; one that its host gave up on is
   * tried anew.
   *
   * @param pool the pool to put it into, unless it is in another one of the host already
   * @return the pool that has its base: the volume must be in the same, to share its data
   */
  @Transactional
  public String ensureOnHost(String imageId, String hostId, String pool) {
    var document = documents.find(hostId, DocumentKind.IMAGE, imageId);
    if (document.isPresent() && document.get().spec() instanceof ImageSpec there) {
      if (document.get().fault().filter(f -> !f.retried()).isPresent()) {
        documents.retry(hostId, DocumentKind.IMAGE, imageId);
      }
      return there.pool();
    }
    Image image = rows.findById(imageId).orElseThrow();
    documents.put(hostId, DocumentKind.IMAGE, imageId, specOn(image, pool));
    return pool;
  }

  /**
   * Begins to import an image on the host with the most free space.
   *
   * @return the new image's id
   * @throws CloudException UnauthorizedOperation unless the caller is an operator,
   *     InvalidAMIName.Duplicate, InsufficientVolumeCapacity without a host
   */
  @Transactional
  public String importImage(Caller caller, ImportImage command) {
    // A host reads the source: its own files, and URLs in networks that only the host can reach.
    if (!caller.operator()) {
      throw new CloudException(
          ErrorCode.UNAUTHORIZED_OPERATION,
          "Only operators import images. Ask one to import it and to share it with account %s."
              .formatted(caller.accountId()));
    }
    requireFreeName(caller, command.name());
    Place place = roomiestPool();
    String id = ids.next(IdKind.IMAGE);
    Snapshot snapshot =
        snapshots.begin(
            caller.accountId(), "Made for the disk of %s (%s)".formatted(id, command.name()));
    Image image =
        rows.saveAndFlush(
            new Image(id, caller.accountId(), command, snapshot.id(), clock.instant()));
    documents.put(place.hostId(), DocumentKind.IMAGE, id, specOn(image, place.pool()));
    queue.wake(ImageReconciler.KIND, id);
    return id;
  }

  /**
   * An image that the caller can see.
   *
   * @throws CloudException InvalidAMIID.Malformed, InvalidAMIID.NotFound
   */
  @Transactional(readOnly = true)
  public Image require(Caller caller, String imageId) {
    Errors.wellFormed(IdKind.IMAGE, imageId);
    return find(caller, imageId).orElseThrow(() -> Errors.notFound(IdKind.IMAGE, imageId));
  }

  /**
   * An image that the caller owns.
   *
   * @throws CloudException as {@link #require}; AuthFailure for another's image that it can see
   */
  @Transactional(readOnly = true)
  public Image requireOwn(Caller caller, String imageId) {
    Image image = require(caller, imageId);
    if (!image.accountId().equals(caller.accountId())) {
      throw new CloudException(
          ErrorCode.AUTH_FAILURE, "Not authorized for image:%s".formatted(imageId));
    }
    return image;
  }

  /** Takes an image out of use; its base leaves the hosts once nothing is being made from it. */
  @Transactional
  Image deregister(Caller caller, String imageId) {
    Image image = requireOwn(caller, imageId);
    image.deregister(clock.instant());
    snapshots.delete(image.snapshotId());
    tags.forget(List.of(image.id()));
    queue.wake(ImageReconciler.KIND, image.id());
    return image;
  }

  @Transactional
  void describeAs(Caller caller, String imageId, String description) {
    requireOwn(caller, imageId).describeAs(ImportImage.checkedDescription(description));
  }

  /**
   * Changes who may launch from an image.
   *
   * @param everybody whether everybody may, or null: as before
   * @param added accounts that may from now on
   * @param removed accounts that may no longer
   */
  @Transactional
  void share(
      Caller caller,
      String imageId,
      Boolean everybody,
      Collection<String> added,
      Collection<String> removed) {
    Image image = requireOwn(caller, imageId);
    if (everybody != null) {
      image.share(everybody);
    }
    permissions.saveAll(added.stream().map(a -> new ImageLaunchPermission(imageId, a)).toList());
    permissions.deleteAllById(
        removed.stream()
            .map(a -> new ImageLaunchPermission.PermissionId(imageId, a))
            .filter(permissions::existsById)
            .toList());
  }

  /** Takes every launch permission back. */
  @Transactional
  void unshare(Caller caller, String imageId) {
    requireOwn(caller, imageId).share(false);
    permissions.deleteAll(permissions.findByImageIdOrderByAccountId(imageId));
  }

  /** The accounts that may launch from an image, besides its owner. */
  @Transactional(readOnly = true)
  List<String> sharedWith(String imageId) {
    return permissions.findByImageIdOrderByAccountId(imageId).stream()
        .map(ImageLaunchPermission::accountId)
        .toList();
  }

  private Optional<Image> find(Caller caller, String imageId) {
    return rows.findById(imageId)
        .filter(i -> i.state() != ImageState.DEREGISTERED)
        .filter(i -> visible(caller, i));
  }

  private boolean visible(Caller caller, Image image) {
    return image.accountId().equals(caller.accountId())
        || (image.state() == ImageState.AVAILABLE
            && (image.isPublic()
                || permissions.existsById(
                    new ImageLaunchPermission.PermissionId(image.id(), caller.accountId()))));
  }

  private void requireFreeName(Caller caller, String name) {
    jdbc.sql(
            """
            SELECT id FROM image WHERE account_id = :account AND name = :name
              AND deregistered_at IS NULL AND failed_reason IS NULL
            """)
        .param("account", caller.accountId())
        .param("name", name)
        .query(String.class)
        .optional()
        .ifPresent(
            other -> {
              throw new CloudException(
                  ErrorCode.INVALID_AMI_NAME_DUPLICATE,
                  "AMI name %s is already in use by AMI %s. Use another name or deregister it."
                      .formatted(name, other));
            });
  }

  /** The pool with the most free space; those of hosts that report come first. */
  private Place roomiestPool() {
    return jdbc.sql(
            """
            SELECT p.host_id, p.name
            FROM pool p LEFT JOIN agent a ON a.host_id = p.host_id AND a.name = 'storage'
            ORDER BY coalesce(a.reported_at > :since, false) DESC, p.free_bytes DESC, p.host_id
            LIMIT 1
            """)
        .param("since", Timestamp.from(clock.instant().minus(properties.heartbeatTimeout())))
        .query((row, n) -> new Place(row.getString("host_id"), row.getString("name")))
        .optional()
        .orElseThrow(
            () ->
                new CloudException(
                    ErrorCode.INSUFFICIENT_VOLUME_CAPACITY,
                    "No host with a pool has joined yet, so there is no place for the image."
                        + " Join a host first."));
  }

  private static CloudException unavailable(String message) {
    return new CloudException(ErrorCode.INVALID_AMI_ID_UNAVAILABLE, message);
  }
}
