package io.hanok.control.securitygroup;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.Ids;
import io.hanok.control.tag.Tags;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Makes, finds and deletes security groups. */
@Service
public class SecurityGroups {
  /** How many groups an interface can be in, as EC2's default quota. */
  public static final int MOST_PER_INTERFACE = 5;

  private final SecurityGroupRepository groups;
  private final Tags tags;
  private final EntityManager entities;
  private final JdbcClient jdbc;
  private final Ids ids;
  private final Clock clock;

  public SecurityGroups(
      SecurityGroupRepository groups,
      Tags tags,
      EntityManager entities,
      JdbcClient jdbc,
      Ids ids,
      Clock clock) {
    this.groups = groups;
    this.tags = tags;
    this.entities = entities;
    this.jdbc = jdbc;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * The groups of an interface, by the ids and names that a caller gives.
   *
   * @return their ids; the VPC's default group if neither ids nor names are given
   * @throws CloudException InvalidGroup.NotFound for a group that the account does not have or that
   *     belongs to another VPC; SecurityGroupsPerInterfaceLimitExceeded for more than five
   */
  @Transactional(readOnly = true)
  public List<String> resolve(
      Caller caller, String vpcId, List<String> groupIds, List<String> names) {
    if (groupIds.isEmpty() && names.isEmpty()) {
      return List.of(defaultOf(vpcId).id());
    }
    Set<String> found = new LinkedHashSet<>();
    if (!groupIds.isEmpty()) {
      groupIds.forEach(id -> Errors.wellFormed(IdKind.SECURITY_GROUP, id));
      Map<String, SecurityGroup> byId =
          groups.findByIdInAndAccountId(groupIds, caller.accountId()).stream()
              .collect(Collectors.toMap(SecurityGroup::id, Function.identity()));
      for (String id : groupIds) {
        SecurityGroup group = byId.get(id);
        if (group == null) {
          throw Errors.notFound(IdKind.SECURITY_GROUP, id);
        }
        found.add(inVpc(group, vpcId).id());
      }
    }
    found.addAll(resolveNames(vpcId, names));
    if (found.size() > MOST_PER_INTERFACE) {
      throw new CloudException(
          ErrorCode.SECURITY_GROUPS_PER_INTERFACE_LIMIT_EXCEEDED,
          "An interface can be in %d security groups at most.".formatted(MOST_PER_INTERFACE));
    }
    return new ArrayList<>(found);
  }

  private static SecurityGroup inVpc(SecurityGroup group, String vpcId) {
    if (!group.vpcId().equals(vpcId)) {
      throw new CloudException(
          ErrorCode.INVALID_GROUP_NOT_FOUND,
          "The security group '%s' does not exist in VPC '%s'".formatted(group.id(), vpcId));
    }
    return group;
  }

  /** The ids of a VPC's groups with these names. */
  List<String> resolveNames(String vpcId, List<String> names) {
    if (names.isEmpty()) {
      return List.of();
    }
    Map<String, String> byName =
        groups.findByVpcIdAndNameIn(vpcId, names).stream()
            .collect(Collectors.toMap(SecurityGroup::name, SecurityGroup::id));
    return names.stream()
        .map(
            name ->
                Optional.ofNullable(byName.get(name))
                    .orElseThrow(
                        () ->
                            new CloudException(
                                ErrorCode.INVALID_GROUP_NOT_FOUND,
                                "The security group '%s' does not exist in VPC '%s'"
                                    .formatted(name, vpcId))))
        .toList();
  }

  private SecurityGroup defaultOf(String vpcId) {
    return groups
        .findByVpcIdAndName(vpcId, SecurityGroup.DEFAULT)
        .orElseThrow(() -> new IllegalStateException(vpcId + " has no default group"));
  }

  /** Makes the group that each VPC has: its members reach each other, and everything outside. */
  @Transactional
  public SecurityGroup createDefault(String accountId, String vpcId) {
    SecurityGroup group =
        insert(accountId, vpcId, SecurityGroup.DEFAULT, "default VPC security group");
    addRule(group, false, Permission.everythingWithGroup(group.id()));
    return group;
  }

  /**
   * Makes a group that lets nothing in and everything out.
   *
   * @throws CloudException InvalidGroup.Duplicate, InvalidGroup.Reserved, InvalidVpcID.NotFound,
   *     VPCIdNotSpecified
   */
  @Transactional
  public SecurityGroup create(Caller caller, CreateSecurityGroup command) {
    String vpcId = vpc(caller, command.vpcId());
    if (groups.findByVpcIdAndName(vpcId, command.name()).isPresent()) {
      throw new CloudException(
          ErrorCode.INVALID_GROUP_DUPLICATE,
          "The security group '%s' already exists for VPC '%s'".formatted(command.name(), vpcId));
    }
    return insert(caller.accountId(), vpcId, command.name(), command.description());
  }

  private SecurityGroup insert(String accountId, String vpcId, String name, String description) {
    SecurityGroup group =
        new SecurityGroup(
            ids.next(IdKind.SECURITY_GROUP), accountId, vpcId, name, description, clock.instant());
    entities.persist(group);
    entities.flush();
    addRule(group, true, Permission.everythingWith("0.0.0.0/0"));
    return group;
  }

  private void addRule(SecurityGroup group, boolean egress, Permission permission) {
    entities.persist(
        new SecurityGroupRule(
            ids.next(IdKind.SECURITY_GROUP_RULE),
            group.accountId(),
            group.id(),
            egress,
            permission,
            clock.instant()));
    entities.flush();
  }

  /**
   * Deletes a group that nothing uses.
   *
   * @throws CloudException CannotDelete for a default group; DependencyViolation while an interface
   *     is in it or another group's rule names it
   */
  @Transactional
  public void delete(SecurityGroup group) {
    if (group.isDefault()) {
      throw new CloudException(
          ErrorCode.CANNOT_DELETE,
          "the specified group: \"%s\" name: \"default\" cannot be deleted by a user"
              .formatted(group.id()));
    }
    List<String> users =
        jdbc.sql(
                """
                SELECT eni_id FROM network_interface_group WHERE group_id = :id
                UNION SELECT group_id FROM security_group_rule
                WHERE peer_group_id = :id AND group_id <> :id
                LIMIT 3
                """)
            .param("id", group.id())
            .query(String.class)
            .list();
    if (!users.isEmpty()) {
      throw new CloudException(
          ErrorCode.DEPENDENCY_VIOLATION,
          "resource %s has a dependent object: %s".formatted(group.id(), String.join(", ", users)));
    }
    List<String> rules =
        jdbc.sql("DELETE FROM security_group_rule WHERE group_id = :id RETURNING id")
            .param("id", group.id())
            .query(String.class)
            .list();
    groups.delete(group);
    entities.flush();
    List<String> gone = new ArrayList<>(rules);
    gone.add(group.id());
    tags.forget(gone);
  }

  /**
   * A group of the caller's, by id, or by name in the default VPC.
   *
   * @throws CloudException InvalidGroup.NotFound, InvalidGroupId.Malformed, MissingParameter
   */
  @Transactional(readOnly = true)
  public SecurityGroup find(Caller caller, String groupId, String name) {
    if (groupId != null) {
      Errors.wellFormed(IdKind.SECURITY_GROUP, groupId);
      return groups
          .findByIdAndAccountId(groupId, caller.accountId())
          .orElseThrow(() -> Errors.notFound(IdKind.SECURITY_GROUP, groupId));
    }
    if (name == null) {
      throw Errors.missing("groupId");
    }
    return groups
        .findByVpcIdAndName(vpc(caller, null), name)
        .orElseThrow(
            () ->
                new CloudException(
                    ErrorCode.INVALID_GROUP_NOT_FOUND,
                    "The security group '%s' does not exist in default VPC".formatted(name)));
  }

  /** The names of some groups, whoever owns them. */
  @Transactional(readOnly = true)
  public Map<String, String> names(Collection<String> groupIds) {
    return groupIds.isEmpty()
        ? Map.of()
        : groups.findAllById(Set.copyOf(groupIds)).stream()
            .collect(Collectors.toMap(SecurityGroup::id, SecurityGroup::name));
  }

  /** A VPC of the caller's, or the default one for null. */
  String vpc(Caller caller, String vpcId) {
    if (vpcId != null) {
      Errors.wellFormed(IdKind.VPC, vpcId);
      return jdbc.sql("SELECT id FROM vpc WHERE id = :id AND account_id = :account")
          .param("id", vpcId)
          .param("account", caller.accountId())
          .query(String.class)
          .optional()
          .orElseThrow(() -> Errors.notFound(IdKind.VPC, vpcId));
    }
    return jdbc.sql("SELECT id FROM vpc WHERE account_id = :account AND is_default")
        .param("account", caller.accountId())
        .query(String.class)
        .optional()
        .orElseThrow(
            () ->
                new CloudException(
                    ErrorCode.VPC_ID_NOT_SPECIFIED, "No default VPC for this user. Name the VPC."));
  }
}
