package io.hanok.control.securitygroup;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.Pages;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.HanokProperties;
import io.hanok.control.tag.Tags;
import java.util.List;
import java.util.Map;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.CreateSecurityGroupRequest;
import software.amazon.awssdk.services.ec2.model.CreateSecurityGroupResponse;
import software.amazon.awssdk.services.ec2.model.DeleteSecurityGroupRequest;
import software.amazon.awssdk.services.ec2.model.DeleteSecurityGroupResponse;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSecurityGroupsResponse;

/** EC2's actions on security groups. */
@Component
public class Ec2SecurityGroups implements AwsActions {
  static final String TYPE = "security-group";

  private final SecurityGroupRepository rows;
  private final SecurityGroups groups;
  private final SecurityGroupRules rules;
  private final Tags tags;
  private final HanokProperties properties;

  public Ec2SecurityGroups(
      SecurityGroupRepository rows,
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

  public CreateSecurityGroupResponse createSecurityGroup(
      CreateSecurityGroupRequest request, Caller caller) {
    SecurityGroup group =
        groups.create(
            caller,
            new CreateSecurityGroup(request.groupName(), request.description(), request.vpcId()));
    tags.atCreation(caller, group.id(), TYPE, request.tagSpecifications());
    return CreateSecurityGroupResponse.builder()
        .groupId(group.id())
        .securityGroupArn(arn(group))
        .tags(tags.of(List.of(group.id())).getOrDefault(group.id(), List.of()))
        .build();
  }

  public DeleteSecurityGroupResponse deleteSecurityGroup(
      DeleteSecurityGroupRequest request, Caller caller) {
    SecurityGroup group = groups.find(caller, request.groupId(), request.groupName());
    groups.delete(group);
    return DeleteSecurityGroupResponse.builder().returnValue(true).groupId(group.id()).build();
  }

  public DescribeSecurityGroupsResponse describeSecurityGroups(
      DescribeSecurityGroupsRequest request, Caller caller) {
    Specification<SecurityGroup> wanted = SecurityGroupFilters.ALL.specification(request.filters());
    if (!request.groupNames().isEmpty()) {
      wanted = wanted.and(Pages.idIn("id", named(caller, request.groupNames())));
    }
    Pages.Page<SecurityGroup> page =
        Pages.owned(
            rows,
            caller.accountId(),
            IdKind.SECURITY_GROUP,
            request.groupIds(),
            wanted,
            SecurityGroup::id,
            request.maxResults(),
            request.nextToken());
    List<String> ids = page.items().stream().map(SecurityGroup::id).toList();
    Map<String, List<SecurityGroupRule>> rulesOf = rules.of(ids);
    var tagsOf = tags.of(ids);
    return DescribeSecurityGroupsResponse.builder()
        .securityGroups(
            page.items().stream()
                .map(
                    g ->
                        print(
                            g,
                            rulesOf.getOrDefault(g.id(), List.of()),
                            tagsOf.getOrDefault(g.id(), List.of())))
                .toList())
        .nextToken(page.nextToken())
        .build();
  }

  /** Names mean groups of the default VPC, as on EC2. */
  private List<String> named(Caller caller, List<String> names) {
    return groups.resolveNames(groups.vpc(caller, null), names);
  }

  private software.amazon.awssdk.services.ec2.model.SecurityGroup print(
      SecurityGroup group,
      List<SecurityGroupRule> itsRules,
      List<software.amazon.awssdk.services.ec2.model.Tag> itsTags) {
    return software.amazon.awssdk.services.ec2.model.SecurityGroup.builder()
        .groupId(group.id())
        .groupName(group.name())
        .description(group.description())
        .vpcId(group.vpcId())
        .ownerId(group.accountId())
        .securityGroupArn(arn(group))
        .ipPermissions(Permissions.print(itsRules.stream().filter(r -> !r.egress()).toList()))
        .ipPermissionsEgress(
            Permissions.print(itsRules.stream().filter(SecurityGroupRule::egress).toList()))
        .tags(itsTags)
        .build();
  }

  private String arn(SecurityGroup group) {
    return "arn:aws:ec2:%s:%s:security-group/%s"
        .formatted(properties.region(), group.accountId(), group.id());
  }
}
