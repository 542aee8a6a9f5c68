package io.hanok.control.volume;

import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.id.IdKind;
import io.hanok.control.agentclient.AgentDocuments;
import io.hanok.control.agentclient.DocumentView;
import io.hanok.control.image.Images;
import io.hanok.control.reconcile.WorkQueue;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.Ids;
import io.hanok.control.tag.Tags;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Makes volumes with their instance, tells their hosts, and ends those that end with it. */
@Service
public class Volumes {
  private final VolumeRepository volumes;
  private final VolumeAttachmentRepository attachments;
  private final AgentDocuments documents;
  private final Images images;
  private final Tags tags;
  private final WorkQueue queue;
  private final Ids ids;
  private final Clock clock;

  public Volumes(
      VolumeRepository volumes,
      VolumeAttachmentRepository attachments,
      AgentDocuments documents,
      Images images,
      Tags tags,
      WorkQueue queue,
      Ids ids,
      Clock clock) {
    this.volumes = volumes;
    this.attachments = attachments;
    this.documents = documents;
    this.images = images;
    this.tags = tags;
    this.queue = queue;
    this.ids = ids;
    this.clock = clock;
  }

  /** Makes a volume attached to an instance, and tells its host in the same transaction. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Volume createAttached(
      NewVolume wanted, String instanceId, String device, boolean deleteOnTermination) {
    NewVolume placed =
        wanted.sourceImageId() == null
            ? wanted
            : wanted.inPool(
                images.ensureOnHost(wanted.sourceImageId(), wanted.hostId(), wanted.pool()));
    Volume volume =
        volumes.saveAndFlush(new Volume(ids.next(IdKind.VOLUME), placed, clock.instant()));
    attachments.saveAndFlush(
        new VolumeAttachment(
            volume.id(), instanceId, device, deleteOnTermination, clock.instant()));
    documents.put(volume.hostId(), DocumentKind.VOLUME, volume.id(), volume.spec());
    return volume;
  }

  /** The volumes of instances with what their hosts saw of them, in three statements. */
  @Transactional(readOnly = true)
  public Map<String, List<AttachedVolume>> ofInstances(Collection<String> instanceIds) {
    if (instanceIds.isEmpty()) {
      return Map.of();
    }
    List<VolumeAttachment> rows = attachments.findByInstanceIdInOrderByDevice(instanceIds);
    List<String> volumeIds = rows.stream().map(VolumeAttachment::volumeId).toList();
    Map<String, Volume> byId =
        volumes.findAllById(volumeIds).stream()
            .collect(Collectors.toMap(Volume::id, Function.identity()));
    Map<String, DocumentView> seen = documents.findAll(DocumentKind.VOLUME, volumeIds);
    return rows.stream()
        .map(a -> new AttachedVolume(byId.get(a.volumeId()), a, seen.get(a.volumeId())))
        .collect(Collectors.groupingBy(v -> v.attachment().instanceId()));
  }

  /** The attachments and documents of volumes, in two statements. */
  @Transactional(readOnly = true)
  public Map<String, AttachedVolume> detailsOf(List<Volume> found) {
    List<String> volumeIds = found.stream().map(Volume::id).toList();
    Map<String, VolumeAttachment> attached =
        attachments.findByVolumeIdIn(volumeIds).stream()
            .collect(Collectors.toMap(VolumeAttachment::volumeId, Function.identity()));
    Map<String, DocumentView> seen = documents.findAll(DocumentKind.VOLUME, volumeIds);
    Map<String, AttachedVolume> details = new HashMap<>();
    for (Volume v : found) {
      details.put(v.id(), new AttachedVolume(v, attached.get(v.id()), seen.get(v.id())));
    }
    return details;
  }

  /**
   * Changes whether an attached volume ends with its instance; false if there is no such device.
   */
  @Transactional
  public boolean changeDeleteOnTermination(String instanceId, String device, boolean value) {
    return attachments.findByInstanceIdInOrderByDevice(List.of(instanceId)).stream()
        .filter(a -> a.device().equals(device))
        .peek(a -> a.changeDeleteOnTermination(value))
        .findFirst()
        .isPresent();
  }

  /**
   * Records the caller's intent to delete a volume that outlived its instance, and tells its host.
   *
   * @throws CloudException InvalidVolume.NotFound, VolumeInUse
   */
  @Transactional
  public void delete(Caller caller, String volumeId) {
    Errors.wellFormed(IdKind.VOLUME, volumeId);
    Volume volume =
        volumes
            .lock(volumeId)
            .filter(v -> v.accountId().equals(caller.accountId()) && v.destroyedAt() == null)
            .orElseThrow(() -> Errors.notFound(IdKind.VOLUME, volumeId));
    attachments
        .findById(volumeId)
        .ifPresent(
            a -> {
              throw new CloudException(
                  ErrorCode.VOLUME_IN_USE,
                  "Volume %s is currently attached to %s".formatted(volumeId, a.instanceId()));
            });
    volume.deleteIntended(clock.instant());
    documents.putAbsent(volume.hostId(), DocumentKind.VOLUME, volumeId);
    queue.wake(VolumeReconciler.KIND, volumeId);
  }

  /** Ends a volume that the user deleted, once its host has proved it gone; whether it has. */
  @Transactional
  boolean finishDeletion(String volumeId) {
    Volume volume = volumes.lock(volumeId).orElse(null);
    if (volume == null || volume.deletedAt() == null || volume.destroyedAt() != null) {
      return true;
    }
    boolean gone =
        documents
            .find(volume.hostId(), DocumentKind.VOLUME, volumeId)
            .map(DocumentView::provedAbsent)
            .orElse(true);
    if (gone) {
      end(volume);
    }
    return gone;
  }

  private void end(Volume volume) {
    volume.destroyed(clock.instant());
    documents.forget(volume.hostId(), DocumentKind.VOLUME, volume.id());
    tags.forget(List.of(volume.id()));
  }

  /**
   * Records that terminating an instance is meant to delete the volumes that end with it, and tells
   * their hosts.
   */
  @Transactional
  public void deleteWithInstance(String instanceId) {
    for (VolumeAttachment a : attachments.findByInstanceIdInOrderByDevice(List.of(instanceId))) {
      if (a.deleteOnTermination()) {
        Volume volume = volumes.findById(a.volumeId()).orElseThrow();
        volume.deleteIntended(clock.instant());
        documents.putAbsent(volume.hostId(), DocumentKind.VOLUME, volume.id());
      }
    }
  }

  /**
   * Ends the attachments of a terminated instance: volumes that were deleted with it are marked
   * destroyed, the others become available.
   */
  @Transactional
  public void releaseOf(String instanceId) {
    for (VolumeAttachment a : attachments.findByInstanceIdInOrderByDevice(List.of(instanceId))) {
      attachments.delete(a);
      Volume volume = volumes.findById(a.volumeId()).orElseThrow();
      if (volume.deletedAt() != null) {
        end(volume);
      }
    }
  }
}
