package io.hanok.control.network;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.ChildFilters;
import io.hanok.control.ec2.Filters;
import io.hanok.control.ec2.Pages;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.Errors;
import io.hanok.control.tag.Tags;
import java.util.List;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.DescribeDhcpOptionsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeDhcpOptionsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeVpcAttributeRequest;
import software.amazon.awssdk.services.ec2.model.DescribeVpcAttributeResponse;
import software.amazon.awssdk.services.ec2.model.DescribeVpcsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeVpcsResponse;
import software.amazon.awssdk.services.ec2.model.DhcpConfiguration;
import software.amazon.awssdk.services.ec2.model.Tenancy;
import software.amazon.awssdk.services.ec2.model.VpcCidrBlockStateCode;
import software.amazon.awssdk.services.ec2.model.VpcIpv6CidrBlockAssociation;
import software.amazon.awssdk.services.ec2.model.VpcState;

/** EC2's actions on VPCs and their DHCP options. */
@Component
public class Ec2Vpcs implements AwsActions {
  private static final Filters<Vpc> VPCS =
      Filters.on(Vpc.class)
          .text("vpc-id", "id")
          .text("owner-id", "accountId")
          .text("dhcp-options-id", "dhcpOptionsId")
          .where("cidr", ChildFilters.ownText("cidr"))
          .where("cidr-block", ChildFilters.ownText("cidr"))
          .where("cidr-block-association.cidr-block", ChildFilters.ownText("cidr"))
          .text("cidr-block-association.association-id", "cidrAssociationId")
          .where("cidr-block-association.state", ChildFilters.constant("associated"))
          .bool("is-default", "isDefault")
          .bool("isDefault", "isDefault")
          .where("state", ChildFilters.constant("available"))
          .tags("id")
          .build();
  private static final Filters<DhcpOptions> DHCP_OPTIONS =
      Filters.on(DhcpOptions.class)
          .text("dhcp-options-id", "id")
          .text("owner-id", "accountId")
          .where(
              "key",
              (root, query, sql, values) ->
                  sql.or(
                      Filters.matches(sql, sql.literal("domain-name"), values),
                      Filters.matches(sql, sql.literal("domain-name-servers"), values)))
          .where(
              "value",
              (root, query, sql, values) ->
                  sql.or(
                      Filters.matches(sql, root.get("domainName"), values),
                      Filters.matches(sql, root.get("domainNameServers"), values)))
          .tags("id")
          .build();

  private final VpcRepository vpcs;
  private final DhcpOptionsRepository dhcpOptions;
  private final Tags tags;

  public Ec2Vpcs(VpcRepository vpcs, DhcpOptionsRepository dhcpOptions, Tags tags) {
    this.vpcs = vpcs;
    this.dhcpOptions = dhcpOptions;
    this.tags = tags;
  }

  public DescribeVpcsResponse describeVpcs(DescribeVpcsRequest request, Caller caller) {
    Pages.Page<Vpc> page =
        Pages.owned(
            vpcs,
            caller.accountId(),
            IdKind.VPC,
            request.vpcIds(),
            VPCS.specification(request.filters()),
            Vpc::id,
            request.maxResults(),
            request.nextToken());
    var tagsOf = tags.of(page.items().stream().map(Vpc::id).toList());
    return DescribeVpcsResponse.builder()
        .vpcs(
            page.items().stream()
                .map(v -> print(v, tagsOf.getOrDefault(v.id(), List.of())))
                .toList())
        .nextToken(page.nextToken())
        .build();
  }

  private static software.amazon.awssdk.services.ec2.model.Vpc print(
      Vpc vpc, List<software.amazon.awssdk.services.ec2.model.Tag> tags) {
    return software.amazon.awssdk.services.ec2.model.Vpc.builder()
        .vpcId(vpc.id())
        .ownerId(vpc.accountId())
        .cidrBlock(vpc.cidr())
        .cidrBlockAssociationSet(
            a ->
                a.associationId(vpc.cidrAssociationId())
                    .cidrBlock(vpc.cidr())
                    .cidrBlockState(s -> s.state(VpcCidrBlockStateCode.ASSOCIATED)))
        .ipv6CidrBlockAssociationSet(List.<VpcIpv6CidrBlockAssociation>of())
        .dhcpOptionsId(vpc.dhcpOptionsId())
        .instanceTenancy(Tenancy.DEFAULT)
        .isDefault(vpc.isDefault())
        .state(VpcState.AVAILABLE)
        .tags(tags)
        .build();
  }

  public DescribeVpcAttributeResponse describeVpcAttribute(
      DescribeVpcAttributeRequest request, Caller caller) {
    if (request.vpcId() == null) {
      throw Errors.missing("vpcId");
    }
    Errors.wellFormed(IdKind.VPC, request.vpcId());
    Vpc vpc =
        vpcs.findByIdAndAccountId(request.vpcId(), caller.accountId())
            .orElseThrow(() -> Errors.notFound(IdKind.VPC, request.vpcId()));
    if (request.attribute() == null) {
      throw Errors.missing("attribute");
    }
    DescribeVpcAttributeResponse.Builder answer =
        DescribeVpcAttributeResponse.builder().vpcId(vpc.id());
    switch (request.attribute()) {
      case ENABLE_DNS_SUPPORT -> answer.enableDnsSupport(v -> v.value(vpc.enableDnsSupport()));
      case ENABLE_DNS_HOSTNAMES ->
          answer.enableDnsHostnames(v -> v.value(vpc.enableDnsHostnames()));
      // Usage metrics are not kept, so they are never on.
      case ENABLE_NETWORK_ADDRESS_USAGE_METRICS ->
          answer.enableNetworkAddressUsageMetrics(v -> v.value(false));
      case UNKNOWN_TO_SDK_VERSION ->
          throw Errors.invalidValue(
              "attribute",
              request.attributeAsString(),
              "Expecting enableDnsSupport, enableDnsHostnames or"
                  + " enableNetworkAddressUsageMetrics.");
    }
    return answer.build();
  }

  public DescribeDhcpOptionsResponse describeDhcpOptions(
      DescribeDhcpOptionsRequest request, Caller caller) {
    Pages.Page<DhcpOptions> page =
        Pages.owned(
            dhcpOptions,
            caller.accountId(),
            IdKind.DHCP_OPTIONS,
            request.dhcpOptionsIds(),
            DHCP_OPTIONS.specification(request.filters()),
            DhcpOptions::id,
            request.maxResults(),
            request.nextToken());
    var tagsOf = tags.of(page.items().stream().map(DhcpOptions::id).toList());
    return DescribeDhcpOptionsResponse.builder()
        .dhcpOptions(
            page.items().stream()
                .map(o -> print(o, tagsOf.getOrDefault(o.id(), List.of())))
                .toList())
        .nextToken(page.nextToken())
        .build();
  }

  private static software.amazon.awssdk.services.ec2.model.DhcpOptions print(
      DhcpOptions options, List<software.amazon.awssdk.services.ec2.model.Tag> tags) {
    return software.amazon.awssdk.services.ec2.model.DhcpOptions.builder()
        .dhcpOptionsId(options.id())
        .ownerId(options.accountId())
        .dhcpConfigurations(
            configuration("domain-name", options.domainName()),
            configuration("domain-name-servers", options.domainNameServers()))
        .tags(tags)
        .build();
  }

  private static DhcpConfiguration configuration(String key, String value) {
    return DhcpConfiguration.builder().key(key).values(v -> v.value(value)).build();
  }
}
