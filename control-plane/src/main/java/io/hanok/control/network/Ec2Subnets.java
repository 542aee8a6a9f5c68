package io.hanok.control.network;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.ChildFilters;
import io.hanok.control.ec2.Filters;
import io.hanok.control.ec2.Pages;
import io.hanok.control.region.Zone;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.Cidr4;
import io.hanok.control.shared.HanokProperties;
import io.hanok.control.tag.Tags;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.DescribeSubnetsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSubnetsResponse;
import software.amazon.awssdk.services.ec2.model.HostnameType;
import software.amazon.awssdk.services.ec2.model.SubnetIpv6CidrBlockAssociation;
import software.amazon.awssdk.services.ec2.model.SubnetState;

/** EC2's actions on subnets. */
@Component
public class Ec2Subnets implements AwsActions {
  private static final Filters<Subnet> FILTERS =
      Filters.on(Subnet.class)
          .text("subnet-id", "id")
          .text("vpc-id", "vpcId")
          .text("owner-id", "accountId")
          .text("availability-zone", "zone")
          .text("availabilityZone", "zone")
          .where("cidr-block", ChildFilters.ownText("cidr"))
          .where("cidr", ChildFilters.ownText("cidr"))
          .where("cidrBlock", ChildFilters.ownText("cidr"))
          .bool("default-for-az", "isDefault")
          .bool("defaultForAz", "isDefault")
          .bool("map-public-ip-on-launch", "mapPublicIpOnLaunch")
          .where("state", ChildFilters.constant("available"))
          .tags("id")
          .build();

  private final SubnetRepository subnets;
  private final Tags tags;
  private final JdbcClient jdbc;
  private final HanokProperties properties;

  public Ec2Subnets(
      SubnetRepository subnets, Tags tags, JdbcClient jdbc, HanokProperties properties) {
    this.subnets = subnets;
    this.tags = tags;
    this.jdbc = jdbc;
    this.properties = properties;
  }

  public DescribeSubnetsResponse describeSubnets(DescribeSubnetsRequest request, Caller caller) {
    Pages.Page<Subnet> page =
        Pages.owned(
            subnets,
            caller.accountId(),
            IdKind.SUBNET,
            request.subnetIds(),
            FILTERS.specification(request.filters()),
            Subnet::id,
            request.maxResults(),
            request.nextToken());
    List<String> ids = page.items().stream().map(Subnet::id).toList();
    Map<String, Long> used = addressesUsed(ids);
    var tagsOf = tags.of(ids);
    return DescribeSubnetsResponse.builder()
        .subnets(
            page.items().stream()
                .map(
                    s ->
                        print(
                            s,
                            used.getOrDefault(s.id(), 0L),
                            tagsOf.getOrDefault(s.id(), List.of())))
                .toList())
        .nextToken(page.nextToken())
        .build();
  }

  private Map<String, Long> addressesUsed(List<String> subnetIds) {
    Map<String, Long> used = new HashMap<>();
    if (!subnetIds.isEmpty()) {
      jdbc.sql(
              """
              SELECT ni.subnet_id, count(*) FROM network_interface ni
              JOIN network_interface_address a ON a.eni_id = ni.id
              WHERE ni.subnet_id IN (:ids) GROUP BY ni.subnet_id
              """)
          .param("ids", subnetIds)
          .query(
              row -> {
                used.put(row.getString(1), row.getLong(2));
              });
    }
    return used;
  }

  private software.amazon.awssdk.services.ec2.model.Subnet print(
      Subnet subnet, long used, List<software.amazon.awssdk.services.ec2.model.Tag> tags) {
    long free = Cidr4.of(subnet.cidr()).size() - Cidr4.RESERVED - used;
    return software.amazon.awssdk.services.ec2.model.Subnet.builder()
        .subnetId(subnet.id())
        .subnetArn(
            "arn:aws:ec2:%s:%s:subnet/%s"
                .formatted(properties.region(), subnet.accountId(), subnet.id()))
        .vpcId(subnet.vpcId())
        .ownerId(subnet.accountId())
        .cidrBlock(subnet.cidr())
        .availableIpAddressCount((int) free)
        .availabilityZone(subnet.zone())
        .availabilityZoneId(new Zone(subnet.zone(), true).id())
        .defaultForAz(subnet.isDefault())
        .mapPublicIpOnLaunch(subnet.mapPublicIpOnLaunch())
        .assignIpv6AddressOnCreation(false)
        .ipv6CidrBlockAssociationSet(List.<SubnetIpv6CidrBlockAssociation>of())
        .ipv6Native(false)
        .enableDns64(false)
        .mapCustomerOwnedIpOnLaunch(false)
        .privateDnsNameOptionsOnLaunch(
            o ->
                o.hostnameType(HostnameType.IP_NAME)
                    .enableResourceNameDnsARecord(false)
                    .enableResourceNameDnsAAAARecord(false))
        .state(SubnetState.AVAILABLE)
        .tags(tags)
        .build();
  }
}
