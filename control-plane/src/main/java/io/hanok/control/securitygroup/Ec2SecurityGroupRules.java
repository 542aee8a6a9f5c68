package io.hanok.control.securitygroup;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.Filters;
import io.hanok.control.ec2.Pages;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.HanokProperties;
import io.hanok.control.tag.Tags;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.AuthorizeSecurityGroupEgressRequest;
import software.amazon.awssdk.services.ec2.model.AuthorizeSecurityGroupEgressResponse;
import software.amazon.awssdk.services.ec2.model.AuthorizeSecurityGroupIngressRequest;
import software.amazon.awssdk.services.ec2.model.AuthorizeSecurityGroupIngressResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupRulesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupRulesResponse;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.ModifySecurityGroupRulesRequest;
import software.amazon.awssdk.services.ec2.model.ModifySecurityGroupRulesResponse;
import software.amazon.awssdk.services.ec2.model.RevokeSecurityGroupEgressRequest;
import software.amazon.awssdk.services.ec2.model.RevokeSecurityGroupEgressResponse;
import software.amazon.awssdk.services.ec2.model.RevokeSecurityGroupIngressRequest;
import software.amazon.awssdk.services.ec2.model.RevokeSecurityGroupIngressResponse;
import software.amazon.awssdk.services.ec2.model.RevokedSecurityGroupRule;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRuleDescription;
import software.amazon.awssdk.services.ec2.model.SecurityGroupRuleUpdate;
import software.amazon.awssdk.services.ec2.model.TagSpecification;
import software.amazon.awssdk.services.ec2.model.UpdateSecurityGroupRuleDescriptionsEgressRequest;
import software.amazon.awssdk.services.ec2.model.UpdateSecurityGroupRuleDescriptionsEgressResponse;
import software.amazon.awssdk.services.ec2.model.UpdateSecurityGroupRuleDescriptionsIngressRequest;
import software.amazon.awssdk.services.ec2.model.UpdateSecurityGroupRuleDescriptionsIngressResponse;

/** EC2's actions on the rules of security groups. */
@Component
public class Ec2SecurityGroupRules implements AwsActions {
  private static final String TYPE = "security-group-rule";
  private static final Filters<SecurityGroupRule> FILTERS =
      Filters.on(SecurityGroupRule.class)
          .text("group-id", "groupId")
          .text("security-group-rule-id", "id")
          .tags("id")
          .build();

  private final SecurityGroupRuleRepository rows;
  private final SecurityGroups groups;
  private final SecurityGroupRules rules;
  private final Tags tags;
  private final HanokProperties properties;

  public Ec2SecurityGroupRules(
      SecurityGroupRuleRepository rows,
      SecurityGroups groups,
      SecurityGroupRules rules,
      Tags tags,
      HanokProperties properties) {
    this.rows = rows;
    this.groups = groups;
    this.rules = rules;
    this.tags = tags;
    this.properties = properties;
  }

  /** The parameters of one permission as older tools write them, beside those of today. */
  private record Written(
      List<IpPermission> permissions,
      String protocol,
      Integer fromPort,
      Integer toPort,
      String cidr,
      String peerName,
      String peerOwner) {

    /** Both forms as one. */
    List<IpPermission> asPermissions() {
      boolean flat =
          Stream.of(protocol, fromPort, toPort, cidr, peerName, peerOwner)
              .anyMatch(Objects::nonNull);
      if (!flat) {
        if (permissions.isEmpty()) {
          throw Errors.missing("ipPermissions");
        }
        return permissions;
      }
      if (!permissions.isEmpty()) {
        throw Errors.combination(
            "Give the rule as IpPermissions or by single parameters, not by both.");
      }
      IpPermission.Builder one =
          IpPermission.builder()
              // A source group without a protocol means all of its traffic.
              .ipProtocol(protocol == null && peerName != null ? "-1" : protocol)
              .fromPort(fromPort)
              .toPort(toPort);
      if (cidr != null) {
        one.ipRanges(r -> r.cidrIp(cidr));
      }
      if (peerName != null) {
        one.userIdGroupPairs(p -> p.groupName(peerName).userId(peerOwner));
      }
      return List.of(one.build());
    }
  }

  public AuthorizeSecurityGroupIngressResponse authorizeSecurityGroupIngress(
      AuthorizeSecurityGroupIngressRequest request, Caller caller) {
    List<SecurityGroupRule> added =
        authorize(
            caller,
            groups.find(caller, request.groupId(), request.groupName()),
            false,
            new Written(
                request.ipPermissions(),
                request.ipProtocol(),
                request.fromPort(),
                request.toPort(),
                request.cidrIp(),
                request.sourceSecurityGroupName(),
                request.sourceSecurityGroupOwnerId()),
            request.tagSpecifications());
    return AuthorizeSecurityGroupIngressResponse.builder()
        .returnValue(true)
        .securityGroupRules(print(added))
        .build();
  }

  public AuthorizeSecurityGroupEgressResponse authorizeSecurityGroupEgress(
      AuthorizeSecurityGroupEgressRequest request, Caller caller) {
    List<SecurityGroupRule> added =
        authorize(
            caller,
            groups.find(caller, request.groupId(), null),
            true,
            new Written(
                request.ipPermissions(),
                request.ipProtocol(),
                request.fromPort(),
                request.toPort(),
                request.cidrIp(),
                request.sourceSecurityGroupName(),
                request.sourceSecurityGroupOwnerId()),
            request.tagSpecifications());
    return AuthorizeSecurityGroupEgressResponse.builder()
        .returnValue(true)
        .securityGroupRules(print(added))
        .build();
  }

  private List<SecurityGroupRule> authorize(
      Caller caller,
      SecurityGroup group,
      boolean egress,
      Written written,
      List<TagSpecification> specifications) {
    List<SecurityGroupRule> added =
        rules.authorize(
            group, egress, Permissions.read(written.asPermissions(), rules.peersOf(caller, group)));
    for (SecurityGroupRule rule : added) {
      tags.atCreation(caller, rule.id(), TYPE, specifications);
    }
    return added;
  }

  public RevokeSecurityGroupIngressResponse revokeSecurityGroupIngress(
      RevokeSecurityGroupIngressRequest request, Caller caller) {
    SecurityGroupRules.Revoked revoked =
        revoke(
            caller,
            groups.find(caller, request.groupId(), request.groupName()),
            false,
            request.securityGroupRuleIds(),
            new Written(
                request.ipPermissions(),
                request.ipProtocol(),
                request.fromPort(),
                request.toPort(),
                request.cidrIp(),
                request.sourceSecurityGroupName(),
                request.sourceSecurityGroupOwnerId()));
    return RevokeSecurityGroupIngressResponse.builder()
        .returnValue(true)
        .unknownIpPermissions(unknown(revoked))
        .revokedSecurityGroupRules(revoked.gone().stream().map(this::printRevoked).toList())
        .build();
  }

  public RevokeSecurityGroupEgressResponse revokeSecurityGroupEgress(
      RevokeSecurityGroupEgressRequest request, Caller caller) {
    SecurityGroupRules.Revoked revoked =
        revoke(
            caller,
            groups.find(caller, request.groupId(), null),
            true,
            request.securityGroupRuleIds(),
            new Written(
                request.ipPermissions(),
                request.ipProtocol(),
                request.fromPort(),
                request.toPort(),
                request.cidrIp(),
                request.sourceSecurityGroupName(),
                request.sourceSecurityGroupOwnerId()));
    return RevokeSecurityGroupEgressResponse.builder()
        .returnValue(true)
        .unknownIpPermissions(unknown(revoked))
        .revokedSecurityGroupRules(revoked.gone().stream().map(this::printRevoked).toList())
        .build();
  }

  private SecurityGroupRules.Revoked revoke(
      Caller caller, SecurityGroup group, boolean egress, List<String> ids, Written written) {
    return ids.isEmpty()
        ? rules.revoke(
            group, egress, Permissions.read(written.asPermissions(), rules.peersOf(caller, group)))
        : rules.revokeByIds(group, egress, ids);
  }

  public DescribeSecurityGroupRulesResponse describeSecurityGroupRules(
      DescribeSecurityGroupRulesRequest request, Caller caller) {
    Pages.Page<SecurityGroupRule> page =
        Pages.owned(
            rows,
            caller.accountId(),
            IdKind.SECURITY_GROUP_RULE,
            request.securityGroupRuleIds(),
            FILTERS.specification(request.filters()),
            SecurityGroupRule::id,
            request.maxResults(),
            request.nextToken());
    return DescribeSecurityGroupRulesResponse.builder()
        .securityGroupRules(print(page.items()))
        .nextToken(page.nextToken())
        .build();
  }

  public ModifySecurityGroupRulesResponse modifySecurityGroupRules(
      ModifySecurityGroupRulesRequest request, Caller caller) {
    SecurityGroup group = groups.find(caller, request.groupId(), null);
    if (request.securityGroupRules().isEmpty()) {
      throw Errors.missing("SecurityGroupRule");
    }
    Map<String, Permission> contents = new LinkedHashMap<>();
    for (SecurityGroupRuleUpdate update : request.securityGroupRules()) {
      if (update.securityGroupRuleId() == null || update.securityGroupRule() == null) {
        throw Errors.missing("SecurityGroupRuleId and SecurityGroupRule");
      }
      contents.put(
          update.securityGroupRuleId(),
          Permissions.read(update.securityGroupRule(), rules.peersOf(caller, group)));
    }
    rules.change(group, contents);
    return ModifySecurityGroupRulesResponse.builder().returnValue(true).build();
  }

  public UpdateSecurityGroupRuleDescriptionsIngressResponse
      updateSecurityGroupRuleDescriptionsIngress(
          UpdateSecurityGroupRuleDescriptionsIngressRequest request, Caller caller) {
    describe(
        caller,
        groups.find(caller, request.groupId(), request.groupName()),
        false,
        request.ipPermissions(),
        request.securityGroupRuleDescriptions());
    return UpdateSecurityGroupRuleDescriptionsIngressResponse.builder().returnValue(true).build();
  }

  public UpdateSecurityGroupRuleDescriptionsEgressResponse
      updateSecurityGroupRuleDescriptionsEgress(
          UpdateSecurityGroupRuleDescriptionsEgressRequest request, Caller caller) {
    describe(
        caller,
        groups.find(caller, request.groupId(), request.groupName()),
        true,
        request.ipPermissions(),
        request.securityGroupRuleDescriptions());
    return UpdateSecurityGroupRuleDescriptionsEgressResponse.builder().returnValue(true).build();
  }

  private void describe(
      Caller caller,
      SecurityGroup group,
      boolean egress,
      List<IpPermission> permissions,
      List<SecurityGroupRuleDescription> descriptions) {
    if (permissions.isEmpty() == descriptions.isEmpty()) {
      throw Errors.combination(
          "Name the rules by IpPermissions or by SecurityGroupRuleDescriptions.");
    }
    if (!permissions.isEmpty()) {
      rules.describe(group, egress, Permissions.read(permissions, rules.peersOf(caller, group)));
      return;
    }
    Map<String, String> words = new LinkedHashMap<>();
    descriptions.forEach(
        d -> words.put(d.securityGroupRuleId(), Permissions.described(d.description())));
    rules.describe(group, words);
  }

  private List<software.amazon.awssdk.services.ec2.model.SecurityGroupRule> print(
      List<SecurityGroupRule> some) {
    var tagsOf = tags.of(some.stream().map(SecurityGroupRule::id).toList());
    return some.stream()
        .map(r -> Permissions.print(r, properties.region(), tagsOf.getOrDefault(r.id(), List.of())))
        .toList();
  }

  private RevokedSecurityGroupRule printRevoked(SecurityGroupRule rule) {
    Permission p = rule.permission();
    return RevokedSecurityGroupRule.builder()
        .securityGroupRuleId(rule.id())
        .groupId(rule.groupId())
        .isEgress(rule.egress())
        .ipProtocol(p.protocol())
        .fromPort(p.fromPort() == null ? -1 : p.fromPort())
        .toPort(p.toPort() == null ? -1 : p.toPort())
        .cidrIpv4(p.cidr())
        .referencedGroupId(p.peerGroupId())
        .description(p.description())
        .build();
  }

  private static List<IpPermission> unknown(SecurityGroupRules.Revoked revoked) {
    return revoked.unknown().stream().map(Permissions::print).toList();
  }
}
