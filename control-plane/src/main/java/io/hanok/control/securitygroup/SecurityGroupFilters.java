package io.hanok.control.securitygroup;

import io.hanok.control.ec2.ChildFilters;
import io.hanok.control.ec2.Filters;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.persistence.criteria.Subquery;
import java.util.List;

/** The filters of DescribeSecurityGroups. */
final class SecurityGroupFilters {
  static final Filters<SecurityGroup> ALL = all();

  private SecurityGroupFilters() {}

  private static Filters<SecurityGroup> all() {
    Filters.Builder<SecurityGroup> filters =
        Filters.on(SecurityGroup.class)
            .text("group-id", "id")
            .text("group-name", "name")
            .text("description", "description")
            .text("vpc-id", "vpcId")
            .text("owner-id", "accountId")
            .tags("id");
    for (boolean egress : new boolean[] {false, true}) {
      String prefix = egress ? "egress.ip-permission." : "ip-permission.";
      filters
          .where(prefix + "cidr", rule(egress, ChildFilters.asText("cidr")))
          .where(prefix + "from-port", rule(egress, ChildFilters.asText("fromPort")))
          .where(prefix + "to-port", rule(egress, ChildFilters.asText("toPort")))
          .where(prefix + "protocol", rule(egress, ChildFilters.text("protocol")))
          .where(prefix + "group-id", rule(egress, ChildFilters.text("peerGroupId")))
          .where(prefix + "group-name", rule(egress, SecurityGroupFilters::peerName))
          .where(
              prefix + "user-id",
              rule(
                  egress,
                  (rule, sql, values) ->
                      sql.and(
                          sql.isNotNull(rule.get("peerGroupId")),
                          Filters.matches(sql, rule.get("accountId"), values))));
    }
    return filters.build();
  }

  private static Filters.Condition<SecurityGroup> rule(
      boolean egress, ChildFilters.ChildCondition<SecurityGroupRule> condition) {
    return ChildFilters.exists(
        SecurityGroupRule.class,
        "groupId",
        (rule, sql, values) ->
            sql.and(sql.equal(rule.get("egress"), egress), condition.of(rule, sql, values)));
  }

  private static Predicate peerName(
      Root<SecurityGroupRule> rule, CriteriaBuilder sql, List<String> values) {
    Subquery<String> named = sql.createQuery().subquery(String.class);
    Root<SecurityGroup> peer = named.from(SecurityGroup.class);
    return rule.get("peerGroupId")
        .in(named.select(peer.get("id")).where(Filters.matches(sql, peer.get("name"), values)));
  }
}
