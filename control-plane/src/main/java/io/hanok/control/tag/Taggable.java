package io.hanok.control.tag;

import io.hanok.agent.api.id.IdKind;
import java.util.Optional;

/**
 * The kinds of resources that carry tags: where their rows lie and what EC2 calls them.
 *
 * <p>Names of tables and columns come from here and never from a caller, so that they may be put
 * into SQL as they are.
 */
enum Taggable {
  INSTANCE(IdKind.INSTANCE, "instance", "id", "instance"),
  VOLUME(IdKind.VOLUME, "volume", "id", "volume", "destroyed_at IS NULL"),
  SNAPSHOT(IdKind.SNAPSHOT, "snapshot", "id", "snapshot", "deleted_at IS NULL"),
  IMAGE(IdKind.IMAGE, "image", "id", "image", "deregistered_at IS NULL"),
  NETWORK_INTERFACE(IdKind.ENI, "network_interface", "id", "network-interface"),
  SECURITY_GROUP(IdKind.SECURITY_GROUP, "security_group", "id", "security-group"),
  SECURITY_GROUP_RULE(
      IdKind.SECURITY_GROUP_RULE, "security_group_rule", "id", "security-group-rule"),
  SUBNET(IdKind.SUBNET, "subnet", "id", "subnet"),
  VPC(IdKind.VPC, "vpc", "id", "vpc"),
  ELASTIC_IP(IdKind.ALLOCATION, "public_address", "allocation_id", "elastic-ip"),
  KEY_PAIR(IdKind.KEY_PAIR, "key_pair", "id", "key-pair"),
  ROUTE_TABLE(IdKind.ROUTE_TABLE, "route_table", "id", "route-table"),
  INTERNET_GATEWAY(IdKind.INTERNET_GATEWAY, "internet_gateway", "id", "internet-gateway"),
  NETWORK_ACL(IdKind.NETWORK_ACL, "network_acl", "id", "network-acl"),
  DHCP_OPTIONS(IdKind.DHCP_OPTIONS, "dhcp_options", "id", "dhcp-options");

  private final IdKind kind;
  private final String table;
  private final String idColumn;
  private final String resourceType;
  private final String condition;

  Taggable(IdKind kind, String table, String idColumn, String resourceType) {
    this(kind, table, idColumn, resourceType, "true");
  }

  /** As the other, for rows that outlive their resource: only some are still there. */
  Taggable(IdKind kind, String table, String idColumn, String resourceType, String condition) {
    this.kind = kind;
    this.table = table;
    this.idColumn = idColumn;
    this.resourceType = resourceType;
    this.condition = condition;
  }

  /** The kind of a resource, by its id; empty if that carries no tags. */
  static Optional<Taggable> of(String resourceId) {
    for (Taggable taggable : values()) {
      if (taggable.kind.matches(resourceId)) {
        return Optional.of(taggable);
      }
    }
    return Optional.empty();
  }

  IdKind kind() {
    return kind;
  }

  /** EC2's resource type. */
  String resourceType() {
    return resourceType;
  }

  /** A query that selects those of the ids {@code :ids} that belong to {@code :account}. */
  String ownedSql() {
    return """
        SELECT %2$s::text FROM %1$s
        WHERE account_id = :account AND %2$s::text IN (:ids) AND %3$s
        """
        .formatted(table, idColumn, condition);
  }
}
