package io.hanok.control.volume;

import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.Filters;
import io.hanok.control.ec2.Pages;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.Errors;
import io.hanok.control.tag.Tags;
import jakarta.persistence.criteria.Root;
import jakarta.persistence.criteria.Subquery;
import java.util.List;
import java.util.Map;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.DeleteVolumeRequest;
import software.amazon.awssdk.services.ec2.model.DeleteVolumeResponse;
import software.amazon.awssdk.services.ec2.model.DescribeVolumesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeVolumesResponse;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.VolumeAttachmentState;
import software.amazon.awssdk.services.ec2.model.VolumeState;

/** EC2's actions on volumes. */
@Component
public class Ec2Volumes implements AwsActions {
  private static final Filters<Volume> FILTERS =
      Filters.on(Volume.class)
          .text("availability-zone", "zone")
          .text("size", "sizeGib")
          .text("snapshot-id", "sourceSnapshotId")
          .text("volume-id", "id")
          .text("volume-type", "type")
          .where("attachment.instance-id", attachment("instanceId"))
          .where("attachment.device", attachment("device"))
          .where("attachment.delete-on-termination", attachment("deleteOnTermination"))
          .tags("id")
          .build();

  private final VolumeRepository repository;
  private final Volumes volumes;
  private final Tags tags;

  public Ec2Volumes(VolumeRepository repository, Volumes volumes, Tags tags) {
    this.repository = repository;
    this.volumes = volumes;
    this.tags = tags;
  }

  private static Filters.Condition<Volume> attachment(String attribute) {
    return (root, query, sql, values) -> {
      Subquery<Integer> rows = query.subquery(Integer.class);
      Root<VolumeAttachment> row = rows.from(VolumeAttachment.class);
      return sql.exists(
          rows.select(sql.literal(1))
              .where(
                  sql.equal(row.get("volumeId"), root.get("id")),
                  Filters.matches(sql, row.get(attribute).as(String.class), values)));
    };
  }

  public DeleteVolumeResponse deleteVolume(DeleteVolumeRequest request, Caller caller) {
    if (request.volumeId() == null) {
      throw Errors.missing("VolumeId");
    }
    volumes.delete(caller, request.volumeId());
    return DeleteVolumeResponse.builder().build();
  }

  public DescribeVolumesResponse describeVolumes(DescribeVolumesRequest request, Caller caller) {
    Specification<Volume> alive = (root, query, sql) -> sql.isNull(root.get("destroyedAt"));
    var page =
        Pages.known(
            repository,
            alive.and(Pages.ownedBy(caller.accountId())),
            IdKind.VOLUME,
            request.volumeIds(),
            FILTERS.specification(request.filters()),
            Volume::id,
            request.maxResults(),
            request.nextToken());
    Map<String, AttachedVolume> details = volumes.detailsOf(page.items());
    Map<String, List<Tag>> tagged = tags.of(details.keySet());
    return DescribeVolumesResponse.builder()
        .volumes(
            page.items().stream()
                .map(v -> print(details.get(v.id()), tagged.getOrDefault(v.id(), List.of())))
                .toList())
        .nextToken(page.nextToken())
        .build();
  }

  private static software.amazon.awssdk.services.ec2.model.Volume print(
      AttachedVolume details, List<Tag> tagged) {
    Volume v = details.volume();
    VolumeAttachment a = details.attachment();
    return software.amazon.awssdk.services.ec2.model.Volume.builder()
        .volumeId(v.id())
        .availabilityZone(v.zone())
        .size(v.sizeGib())
        .volumeType(v.type())
        .iops(v.iops())
        .throughput(v.throughputMibps())
        .snapshotId(v.sourceSnapshotId() == null ? "" : v.sourceSnapshotId())
        .encrypted(false)
        .multiAttachEnabled(false)
        .createTime(v.createdAt())
        .state(state(details))
        .attachments(
            a == null
                ? List.of()
                : List.of(
                    software.amazon.awssdk.services.ec2.model.VolumeAttachment.builder()
                        .volumeId(v.id())
                        .instanceId(a.instanceId())
                        .device(a.device())
                        .attachTime(a.attachedAt())
                        .deleteOnTermination(a.deleteOnTermination())
                        .state(VolumeAttachmentState.ATTACHED)
                        .build()))
        .tags(tagged)
        .build();
  }

  private static VolumeState state(AttachedVolume details) {
    if (details.volume().deletedAt() != null) {
      return VolumeState.DELETING;
    }
    boolean made =
        details.document() != null
            && details.document().status(ResourceStatus.Volume.class).isPresent();
    if (!made) {
      return VolumeState.CREATING;
    }
    return details.attachment() == null ? VolumeState.AVAILABLE : VolumeState.IN_USE;
  }
}
