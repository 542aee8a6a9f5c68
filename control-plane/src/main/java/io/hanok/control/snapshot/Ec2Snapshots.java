package io.hanok.control.snapshot;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.Filters;
import io.hanok.control.ec2.Pages;
import io.hanok.control.ec2.Wildcards;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.Errors;
import io.hanok.control.tag.Tags;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.DescribeSnapshotsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSnapshotsResponse;
import software.amazon.awssdk.services.ec2.model.StorageTier;
import software.amazon.awssdk.services.ec2.model.Tag;

/** EC2's actions on snapshots. */
@Component
public class Ec2Snapshots implements AwsActions {
  /** What EC2 prints for a snapshot that was not taken of a volume. */
  private static final String NO_VOLUME = "vol-ffffffff";

  private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");
  private static final Filters<Snapshot> FILTERS =
      Filters.on(Snapshot.class)
          .text("snapshot-id", "id")
          .text("status", "state")
          .text("owner-id", "accountId")
          .text("description", "description")
          .text("volume-size", "volumeSizeGib")
          .tags("id")
          .where("encrypted", same("false"))
          .where("storage-tier", same("standard"))
          .where(
              "volume-id",
              (root, query, sql, values) ->
                  Filters.matches(
                      sql,
                      sql.coalesce(root.get("sourceVolumeId").as(String.class), NO_VOLUME),
                      values))
          .where(
              "progress",
              (root, query, sql, values) ->
                  Filters.matches(
                      sql, sql.concat(root.get("progressPercent").as(String.class), "%"), values))
          .build();

  private final SnapshotRepository rows;
  private final Tags tags;

  public Ec2Snapshots(SnapshotRepository rows, Tags tags) {
    this.rows = rows;
    this.tags = tags;
  }

  public DescribeSnapshotsResponse describeSnapshots(
      DescribeSnapshotsRequest request, Caller caller) {
    List<String> ids = Pages.wellFormed(IdKind.SNAPSHOT, request.snapshotIds());
    Specification<Snapshot> named =
        Pages.<Snapshot>ownedBy(caller.accountId())
            .and(Pages.idIn("id", ids))
            .and((root, query, sql) -> sql.isNull(root.get("deletedAt")));
    if (!ids.isEmpty()) {
      Pages.requireAll(IdKind.SNAPSHOT, ids, rows.findAll(named), Snapshot::id);
    }
    var page =
        Pages.read(
            rows,
            named
                .and(among("Owner", request.ownerIds(), caller))
                .and(among("RestorableBy", request.restorableByUserIds(), caller))
                .and(FILTERS.specification(request.filters())),
            "id",
            Snapshot::id,
            request.maxResults(),
            request.nextToken());
    Map<String, List<Tag>> tagged = tags.of(page.items().stream().map(Snapshot::id).toList());
    return DescribeSnapshotsResponse.builder()
        .snapshots(
            page.items().stream()
                .map(s -> printed(s, tagged.getOrDefault(s.id(), List.of())))
                .toList())
        .nextToken(page.nextToken())
        .build();
  }

  private static software.amazon.awssdk.services.ec2.model.Snapshot printed(
      Snapshot snapshot, List<Tag> tagged) {
    return software.amazon.awssdk.services.ec2.model.Snapshot.builder()
        .snapshotId(snapshot.id())
        .ownerId(snapshot.accountId())
        .description(snapshot.description())
        .state(snapshot.state())
        .progress(snapshot.progressPercent() + "%")
        .startTime(snapshot.createdAt())
        .volumeId(snapshot.sourceVolumeId() == null ? NO_VOLUME : snapshot.sourceVolumeId())
        .volumeSize(snapshot.volumeSizeGib())
        .encrypted(false)
        .storageTier(StorageTier.STANDARD)
        .tags(tagged)
        .build();
  }

  /** No snapshot is shared, so that the caller's own are all that anybody named can select. */
  private static Specification<Snapshot> among(
      String parameter, List<String> accounts, Caller caller) {
    for (String account : accounts) {
      if (!List.of("self", "amazon", "all").contains(account)
          && !ACCOUNT.matcher(account).matches()) {
        throw Errors.invalidValue(parameter, account, "Expecting self or an account id.");
      }
    }
    boolean own =
        accounts.isEmpty() || accounts.contains("self") || accounts.contains(caller.accountId());
    return (root, query, sql) -> own ? sql.conjunction() : sql.disjunction();
  }

  private static Filters.Condition<Snapshot> same(String value) {
    return (root, query, sql, values) ->
        Wildcards.matches(value, values) ? sql.conjunction() : sql.disjunction();
  }
}
