package io.hanok.control.network;

import io.hanok.control.address.PublicAddress;
import io.hanok.control.ec2.ChildFilters;
import io.hanok.control.ec2.Filters;
import io.hanok.control.securitygroup.SecurityGroup;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.persistence.criteria.Subquery;
import java.util.List;

/** The filters of DescribeNetworkInterfaces. */
final class NetworkInterfaceFilters {
  static final Filters<NetworkInterface> ALL =
      Filters.on(NetworkInterface.class)
          .text("network-interface-id", "id")
          .text("owner-id", "accountId")
          .text("vpc-id", "vpcId")
          .text("subnet-id", "subnetId")
          .text("availability-zone", "zone")
          .text("description", "description")
          .where("mac-address", ChildFilters.ownText("mac"))
          .bool("source-dest-check", "sourceDestCheck")
          .where("status", whetherAttached("in-use", "available"))
          .where("interface-type", ChildFilters.constant("interface"))
          .where("requester-managed", ChildFilters.constant("false"))
          .text("attachment.attachment-id", "attachmentId")
          .text("attachment.instance-id", "instanceId")
          .where("attachment.instance-owner-id", ofAttached(ChildFilters.ownText("accountId")))
          .where("attachment.device-index", ChildFilters.ownText("deviceIndex"))
          .bool("attachment.delete-on-termination", "deleteOnTermination")
          .where("attachment.status", ofAttached(ChildFilters.constant("attached")))
          .where("group-id", group(ChildFilters.text("groupId")))
          .where("group-name", group(NetworkInterfaceFilters::groupName))
          .where("private-ip-address", privateAddress(ChildFilters.address("address")))
          .where("addresses.private-ip-address", privateAddress(ChildFilters.address("address")))
          .where("addresses.primary", privateAddress(ChildFilters.bool("isPrimary")))
          .where("association.public-ip", publicAddress(ChildFilters.address("address")))
          .where("addresses.association.public-ip", publicAddress(ChildFilters.address("address")))
          .where("association.allocation-id", publicAddress(ChildFilters.text("allocationId")))
          .where("association.association-id", publicAddress(ChildFilters.text("associationId")))
          .tags("id")
          .build();

  private NetworkInterfaceFilters() {}

  private static Filters.Condition<NetworkInterface> whetherAttached(String yes, String no) {
    return (root, query, sql, values) ->
        sql.or(
            sql.and(
                sql.isNotNull(root.get("instanceId")),
                Filters.matches(sql, sql.literal(yes), values)),
            sql.and(
                sql.isNull(root.get("instanceId")), Filters.matches(sql, sql.literal(no), values)));
  }

  private static Filters.Condition<NetworkInterface> ofAttached(
      Filters.Condition<NetworkInterface> condition) {
    return (root, query, sql, values) ->
        sql.and(sql.isNotNull(root.get("instanceId")), condition.of(root, query, sql, values));
  }

  private static Filters.Condition<NetworkInterface> group(
      ChildFilters.ChildCondition<NetworkInterfaceGroup> condition) {
    return ChildFilters.exists(NetworkInterfaceGroup.class, "eniId", condition);
  }

  private static Filters.Condition<NetworkInterface> privateAddress(
      ChildFilters.ChildCondition<NetworkInterfaceAddress> condition) {
    return ChildFilters.exists(NetworkInterfaceAddress.class, "eniId", condition);
  }

  private static Filters.Condition<NetworkInterface> publicAddress(
      ChildFilters.ChildCondition<PublicAddress> condition) {
    return ChildFilters.exists(PublicAddress.class, "eniId", condition);
  }

  private static Predicate groupName(
      Root<NetworkInterfaceGroup> membership, CriteriaBuilder sql, List<String> values) {
    Subquery<String> named = sql.createQuery().subquery(String.class);
    Root<SecurityGroup> group = named.from(SecurityGroup.class);
    return membership
        .get("groupId")
        .in(named.select(group.get("id")).where(Filters.matches(sql, group.get("name"), values)));
  }
}
