package io.hanok.control.securitygroup;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.hostnet.HostNetworks;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.Ids;
import io.hanok.control.tag.Tags;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;

/**
 * Adds rules to groups, takes them away and changes them; each change reaches the hosts at once.
 *
 * <p>A group's row is locked first, so that its rules change one call after the other: the limit
 * holds, and the second of two equal calls sees a duplicate.
 */
@Service
public class SecurityGroupRules {
  /** Rules of a group in one direction, as EC2's default quota. */
  static final int MOST = 60;

  private final SecurityGroupRuleRepository rules;
  private final SecurityGroupRepository groups;
  private final HostNetworks hosts;
  private final Tags tags;
  private final EntityManager entities;
  private final JdbcClient jdbc;
  private final Ids ids;
  private final Clock clock;

  public SecurityGroupRules(
      SecurityGroupRuleRepository rules,
      SecurityGroupRepository groups,
      HostNetworks hosts,
      Tags tags,
      EntityManager entities,
      JdbcClient jdbc,
      Ids ids,
      Clock clock) {
    this.rules = rules;
    this.groups = groups;
    this.hosts = hosts;
    this.tags = tags;
    this.entities = entities;
    this.jdbc = jdbc;
    this.ids = ids;
    this.clock = clock;
  }

  /** What a revocation came to. */
  record Revoked(List<SecurityGroupRule> gone, List<Permission> unknown) {}

  /**
   * Adds rules, all or none.
   *
   * @throws CloudException InvalidPermission.Duplicate, InvalidParameterValue for one that is
   *     written twice, RulesPerSecurityGroupLimitExceeded
   */
  @Transactional
  List<SecurityGroupRule> authorize(
      SecurityGroup group, boolean egress, List<Permission> permissions) {
    lock(group);
    List<SecurityGroupRule> present = rules.findByGroupIdAndEgressOrderById(group.id(), egress);
    List<SecurityGroupRule> added = new ArrayList<>();
    for (Permission permission : permissions) {
      if (added.stream().anyMatch(r -> r.permission().allowsTheSameAs(permission))) {
        throw new CloudException(
            ErrorCode.INVALID_PARAMETER_VALUE,
            "The same permission must not appear multiple times: "
                + Permissions.inWords(permission));
      }
      requireNew(present, permission);
      added.add(
          new SecurityGroupRule(
              ids.next(IdKind.SECURITY_GROUP_RULE),
              group.accountId(),
              group.id(),
              egress,
              permission,
              clock.instant()));
    }
    if (present.size() + added.size() > MOST) {
      throw new CloudException(
          ErrorCode.RULES_PER_SECURITY_GROUP_LIMIT_EXCEEDED,
          "The maximum number of rules per security group, %d in each direction, has been reached."
              .formatted(MOST));
    }
    added.forEach(entities::persist);
    hosts.wakeOfGroups(List.of(group.id()));
    return added;
  }

  private static void requireNew(List<SecurityGroupRule> present, Permission permission) {
    if (present.stream().anyMatch(r -> r.permission().allowsTheSameAs(permission))) {
      throw new CloudException(
          ErrorCode.INVALID_PERMISSION_DUPLICATE,
          "the specified rule \"%s\" already exists".formatted(Permissions.inWords(permission)));
    }
  }

  /**
   * Takes rules away by what they allow.
   *
   * <p>As EC2 documents it, a permission that no rule has is an error, except in a default VPC:
   * there it is only listed in the answer.
   *
   * @throws CloudException InvalidPermission.NotFound
   */
  @Transactional
  Revoked revoke(SecurityGroup group, boolean egress, List<Permission> permissions) {
    lock(group);
    List<SecurityGroupRule> present = rules.findByGroupIdAndEgressOrderById(group.id(), egress);
    List<SecurityGroupRule> gone = new ArrayList<>();
    List<Permission> unknown = new ArrayList<>();
    for (Permission permission : permissions) {
      present.stream()
          .filter(r -> r.permission().allowsTheSameAs(permission))
          .findFirst()
          .ifPresentOrElse(
              r -> {
                if (!gone.contains(r)) {
                  gone.add(r);
                }
              },
              () -> unknown.add(permission));
    }
    if (!unknown.isEmpty() && !isInDefaultVpc(group)) {
      throw new CloudException(
          ErrorCode.INVALID_PERMISSION_NOT_FOUND,
          "The specified rule does not exist in this security group: "
              + Permissions.inWords(unknown.getFirst()));
    }
    remove(group, gone);
    return new Revoked(gone, unknown);
  }

  /**
   * Takes rules away by their ids.
   *
   * @throws CloudException InvalidSecurityGroupRuleId.NotFound
   */
  @Transactional
  Revoked revokeByIds(SecurityGroup group, boolean egress, List<String> ruleIds) {
    lock(group);
    List<SecurityGroupRule> gone = named(group, ruleIds);
    gone.stream()
        .filter(r -> r.egress() != egress)
        .findFirst()
        .ifPresent(
            r -> {
              throw Errors.notFound(IdKind.SECURITY_GROUP_RULE, r.id());
            });
    remove(group, gone);
    return new Revoked(gone, List.of());
  }

  private void remove(SecurityGroup group, List<SecurityGroupRule> gone) {
    hosts.wakeOfGroups(List.of(group.id()));
    rules.deleteAll(gone);
    entities.flush();
    tags.forget(gone.stream().map(SecurityGroupRule::id).toList());
  }

  /**
   * Gives rules other contents.
   *
   * @throws CloudException InvalidSecurityGroupRuleId.NotFound, InvalidPermission.Duplicate
   */
  @Transactional
  void change(SecurityGroup group, Map<String, Permission> contents) {
    lock(group);
    List<SecurityGroupRule> changing = named(group, new ArrayList<>(contents.keySet()));
    List<SecurityGroupRule> others =
        new ArrayList<>(rules.findByGroupIdInOrderById(List.of(group.id())));
    others.removeAll(changing);
    for (SecurityGroupRule rule : changing) {
      Permission permission = contents.get(rule.id());
      requireNew(others.stream().filter(r -> r.egress() == rule.egress()).toList(), permission);
      rule.become(permission);
      others.add(rule);
    }
    hosts.wakeOfGroups(List.of(group.id()));
  }

  /**
   * Gives rules other descriptions; null removes one.
   *
   * @throws CloudException InvalidSecurityGroupRuleId.NotFound
   */
  @Transactional
  void describe(SecurityGroup group, Map<String, String> descriptions) {
    for (SecurityGroupRule rule : named(group, new ArrayList<>(descriptions.keySet()))) {
      rule.describe(descriptions.get(rule.id()));
    }
  }

  /**
   * Gives rules the descriptions of permissions that allow the same.
   *
   * @throws CloudException InvalidPermission.NotFound
   */
  @Transactional
  void describe(SecurityGroup group, boolean egress, List<Permission> permissions) {
    List<SecurityGroupRule> present = rules.findByGroupIdAndEgressOrderById(group.id(), egress);
    for (Permission permission : permissions) {
      present.stream()
          .filter(r -> r.permission().allowsTheSameAs(permission))
          .findFirst()
          .orElseThrow(
              () ->
                  new CloudException(
                      ErrorCode.INVALID_PERMISSION_NOT_FOUND,
                      "The specified rule does not exist in this security group: "
                          + Permissions.inWords(permission)))
          .describe(permission.description());
    }
  }

  private List<SecurityGroupRule> named(SecurityGroup group, List<String> ruleIds) {
    ruleIds.forEach(id -> Errors.wellFormed(IdKind.SECURITY_GROUP_RULE, id));
    Map<String, SecurityGroupRule> present = new HashMap<>();
    rules.findByGroupIdInOrderById(List.of(group.id())).forEach(r -> present.put(r.id(), r));
    List<String> missing = ruleIds.stream().filter(id -> !present.containsKey(id)).toList();
    if (!missing.isEmpty()) {
      throw Errors.notFound(IdKind.SECURITY_GROUP_RULE, missing);
    }
    return ruleIds.stream().distinct().map(present::get).toList();
  }

  /** The rules of some groups, by group. */
  @Transactional(readOnly = true)
  Map<String, List<SecurityGroupRule>> of(List<String> groupIds) {
    return groupIds.isEmpty()
        ? Map.of()
        : rules.findByGroupIdInOrderById(groupIds).stream()
            .collect(Collectors.groupingBy(SecurityGroupRule::groupId));
  }

  /** The peers that the rules of a group may name: groups of its own VPC. */
  Permissions.Peers peersOf(Caller caller, SecurityGroup group) {
    return pair -> peer(caller, group, pair);
  }

  private String peer(Caller caller, SecurityGroup group, UserIdGroupPair pair) {
    String named = pair.groupId() != null ? pair.groupId() : pair.groupName();
    if (named == null) {
      throw Errors.missing("groupId");
    }
    if (pair.groupId() != null) {
      Errors.wellFormed(IdKind.SECURITY_GROUP, pair.groupId());
    }
    boolean own = pair.userId() == null || pair.userId().equals(caller.accountId());
    return (pair.groupId() != null
            ? groups.findByIdAndAccountId(pair.groupId(), caller.accountId())
            : groups.findByVpcIdAndName(group.vpcId(), pair.groupName()))
        .filter(peer -> own && peer.vpcId().equals(group.vpcId()))
        .map(SecurityGroup::id)
        .orElseThrow(
            () ->
                new CloudException(
                    ErrorCode.INVALID_GROUP_NOT_FOUND,
                    "The security group '%s' does not exist in VPC '%s'"
                        .formatted(named, group.vpcId())));
  }

  private void lock(SecurityGroup group) {
    jdbc.sql("SELECT 1 FROM security_group WHERE id = :id FOR NO KEY UPDATE")
        .param("id", group.id())
        .query(Integer.class)
        .list();
  }

  private boolean isInDefaultVpc(SecurityGroup group) {
    return jdbc.sql("SELECT is_default FROM vpc WHERE id = :id")
        .param("id", group.vpcId())
        .query(Boolean.class)
        .single();
  }
}
