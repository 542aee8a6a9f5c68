package io.hanok.control.tag;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;

import io.hanok.control.reconcile.WorkQueue;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** Writes and reads the tags of all resources. */
@Service
public class Tags {
  private final TagRepository rows;
  private final JdbcClient jdbc;
  private final WorkQueue queue;

  public Tags(TagRepository rows, JdbcClient jdbc, WorkQueue queue) {
    this.rows = rows;
    this.jdbc = jdbc;
    this.queue = queue;
  }

  /**
   * Tags a resource that the caller is known to own, replacing the values of keys that it has.
   *
   * @param resourceType EC2's name of the type, such as {@code security-group}
   * @throws CloudException InvalidParameterValue for a bad key or value, TagLimitExceeded
   */
  @Transactional
  public void put(Caller caller, String resourceId, String resourceType, Map<String, String> tags) {
    TagRules.check(tags);
    Map<String, Tag> present = new HashMap<>();
    rows.findByResourceIdInOrderByKey(List.of(resourceId)).forEach(t -> present.put(t.key(), t));
    write(caller, resourceId, resourceType, tags, present);
  }

  /**
   * Tags a new resource as the tag specifications of its creation say.
   *
   * @param specifications the caller's, all of this type
   * @throws CloudException InvalidParameterValue if one is for another type, or a tag is bad
   */
  @Transactional
  public void atCreation(
      Caller caller,
      String resourceId,
      String resourceType,
      List<TagSpecification> specifications) {
    for (TagSpecification specification : specifications) {
      if (!resourceType.equals(specification.resourceTypeAsString())) {
        throw Errors.invalidValue(
            "TagSpecification.ResourceType",
            specification.resourceTypeAsString(),
            "This action tags only a '%s'.".formatted(resourceType));
      }
    }
    List<software.amazon.awssdk.services.ec2.model.Tag> given =
        specifications.stream().flatMap(s -> s.tags().stream()).toList();
    if (!given.isEmpty()) {
      put(caller, resourceId, resourceType, TagRules.checked(given));
    }
  }

  /** The tags of each of the resources that has any, by resource, in the order of their keys. */
  @Transactional(readOnly = true)
  public Map<String, List<software.amazon.awssdk.services.ec2.model.Tag>> of(
      Collection<String> resourceIds) {
    if (resourceIds.isEmpty()) {
      return Map.of();
    }
    return rows.findByResourceIdInOrderByKey(resourceIds).stream()
        .collect(groupingBy(Tag::resourceId, mapping(Tags::printed, toList())));
  }

  /** Drops the tags of resources that are gone. */
  @Transactional
  public void forget(Collection<String> resourceIds) {
    if (!resourceIds.isEmpty()) {
      rows.deleteByResourceIdIn(resourceIds);
    }
  }

  /**
   * Tags resources of the caller, all or none.
   *
   * @throws CloudException the NotFound code of the first resource's kind that is not the caller's
   */
  @Transactional
  void create(Caller caller, List<String> resourceIds, Map<String, String> tags) {
    TagRules.check(tags);
    Map<String, Taggable> kinds = owned(caller, resourceIds);
    lock(kinds.keySet());
    Map<String, Map<String, Tag>> present = new HashMap<>();
    rows.findByResourceIdInOrderByKey(kinds.keySet())
        .forEach(
            t -> present.computeIfAbsent(t.resourceId(), id -> new HashMap<>()).put(t.key(), t));
    kinds.forEach(
        (id, kind) ->
            write(caller, id, kind.resourceType(), tags, present.getOrDefault(id, Map.of())));
    refreshMetadata(kinds);
  }

  /**
   * Removes tags; a tag that is not there is no error.
   *
   * @param unwanted keys, each with the value that the tag must have to go, or null for any value;
   *     none at all: every tag
   */
  @Transactional
  void delete(
      Caller caller,
      List<String> resourceIds,
      List<software.amazon.awssdk.services.ec2.model.Tag> unwanted) {
    Map<String, Taggable> kinds = owned(caller, resourceIds);
    rows.deleteAllInBatch(
        rows.findByResourceIdInOrderByKey(kinds.keySet()).stream()
            .filter(
                tag ->
                    unwanted.isEmpty()
                        || unwanted.stream()
                            .anyMatch(
                                u ->
                                    tag.key().equals(u.key())
                                        && (u.value() == null || u.value().equals(tag.value()))))
            .toList());
    refreshMetadata(kinds);
  }

  private void write(
      Caller caller,
      String resourceId,
      String resourceType,
      Map<String, String> tags,
      Map<String, Tag> present) {
    TagRules.checkCount(resourceId, present.keySet(), tags.keySet());
    List<Tag> added = new ArrayList<>();
    tags.forEach(
        (key, value) -> {
          Tag old = present.get(key);
          if (old != null) {
            old.changeTo(value);
          } else {
            added.add(new Tag(caller.accountId(), resourceId, resourceType, key, value));
          }
        });
    rows.saveAll(added);
  }

  /** Two calls at once must not both count the same 49 tags. */
  private void lock(Collection<String> resourceIds) {
    resourceIds.stream()
        .sorted()
        .forEach(
            id ->
                jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('tag ' || :id, 0))")
                    .param("id", id)
                    .query((row, n) -> 0)
                    .list());
  }

  private Map<String, Taggable> owned(Caller caller, List<String> resourceIds) {
    Map<Taggable, Set<String>> byKind = new EnumMap<>(Taggable.class);
    Map<String, Taggable> kinds = new HashMap<>();
    for (String id : resourceIds) {
      Taggable kind = kindOf(id);
      byKind.computeIfAbsent(kind, k -> new LinkedHashSet<>()).add(id);
      kinds.put(id, kind);
    }
    byKind.forEach(
        (kind, ids) -> {
          Set<String> missing = new LinkedHashSet<>(ids);
          jdbc.sql(kind.ownedSql())
              .param("account", caller.accountId())
              .param("ids", ids)
              .query(String.class)
              .list()
              .forEach(missing::remove);
          if (!missing.isEmpty()) {
            throw Errors.notFound(kind.kind(), missing);
          }
        });
    return kinds;
  }

  private static Taggable kindOf(String id) {
    return Taggable.of(id)
        .orElseThrow(
            () -> {
              for (Taggable taggable : Taggable.values()) {
                if (id.startsWith(taggable.kind().prefix() + "-")) {
                  return malformed(taggable, id);
                }
              }
              return new CloudException(
                  ErrorCode.INVALID_ID, "The ID '%s' is not valid".formatted(id));
            });
  }

  private static CloudException malformed(Taggable kind, String id) {
    try {
      Errors.wellFormed(kind.kind(), id);
      return Errors.notFound(kind.kind(), id);
    } catch (CloudException e) {
      return e;
    }
  }

  /** A guest that may read its tags from its metadata sees the change. */
  private void refreshMetadata(Map<String, Taggable> kinds) {
    List<String> instances =
        kinds.entrySet().stream()
            .filter(e -> e.getValue() == Taggable.INSTANCE)
            .map(Map.Entry::getKey)
            .toList();
    if (instances.isEmpty()) {
      return;
    }
    queue.wakeAll(
        "host-network",
        jdbc.sql(
                """
                SELECT DISTINCT v.host_id::text FROM vm v JOIN instance i ON i.id = v.instance_id
                WHERE i.metadata_tags AND v.ended_at IS NULL AND i.id::text IN (:ids)
                """)
            .param("ids", instances)
            .query(String.class)
            .list());
  }

  private static software.amazon.awssdk.services.ec2.model.Tag printed(Tag tag) {
    return software.amazon.awssdk.services.ec2.model.Tag.builder()
        .key(tag.key())
        .value(tag.value())
        .build();
  }
}
