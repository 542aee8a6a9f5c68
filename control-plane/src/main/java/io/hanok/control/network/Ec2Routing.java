package io.hanok.control.network;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.ChildFilters;
import io.hanok.control.ec2.Filters;
import io.hanok.control.ec2.Pages;
import io.hanok.control.shared.Caller;
import io.hanok.control.tag.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.DescribeInternetGatewaysRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInternetGatewaysResponse;
import software.amazon.awssdk.services.ec2.model.DescribeNetworkAclsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeNetworkAclsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeRouteTablesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeRouteTablesResponse;
import software.amazon.awssdk.services.ec2.model.InternetGatewayAttachment;
import software.amazon.awssdk.services.ec2.model.PropagatingVgw;
import software.amazon.awssdk.services.ec2.model.RouteState;
import software.amazon.awssdk.services.ec2.model.RouteTableAssociationStateCode;
import software.amazon.awssdk.services.ec2.model.RuleAction;

/** EC2's actions on internet gateways, route tables and network ACLs. */
@Component
public class Ec2Routing implements AwsActions {
  private static final Filters<InternetGateway> GATEWAYS =
      Filters.on(InternetGateway.class)
          .text("internet-gateway-id", "id")
          .text("owner-id", "accountId")
          .text("attachment.vpc-id", "vpcId")
          .where(
              "attachment.state",
              (root, query, sql, values) ->
                  sql.and(
                      sql.isNotNull(root.get("vpcId")),
                      Filters.matches(sql, sql.literal("available"), values)))
          .tags("id")
          .build();
  private static final Filters<RouteTable> ROUTE_TABLES =
      Filters.on(RouteTable.class)
          .text("route-table-id", "id")
          .text("association.route-table-id", "id")
          .text("vpc-id", "vpcId")
          .text("owner-id", "accountId")
          .where(
              "association.main",
              (root, query, sql, values) ->
                  sql.or(
                      sql.and(
                          sql.isNotNull(root.get("mainAssociationId")),
                          Filters.matches(sql, sql.literal("true"), values)),
                      sql.and(
                          sql.isNull(root.get("mainAssociationId")),
                          Filters.matches(sql, sql.literal("false"), values))))
          .where(
              "association.route-table-association-id",
              (root, query, sql, values) ->
                  sql.or(
                      Filters.matches(sql, root.get("mainAssociationId"), values),
                      ChildFilters.<RouteTable, RouteTableAssociation>exists(
                              RouteTableAssociation.class, "routeTableId", ChildFilters.text("id"))
                          .of(root, query, sql, values)))
          .where(
              "association.subnet-id",
              ChildFilters.exists(
                  RouteTableAssociation.class, "routeTableId", ChildFilters.text("subnetId")))
          .where(
              "route.destination-cidr-block",
              ChildFilters.exists(Route.class, "routeTableId", ChildFilters.asText("destination")))
          .where(
              "route.gateway-id",
              ChildFilters.exists(Route.class, "routeTableId", ChildFilters.text("target")))
          .where(
              "route.origin",
              ChildFilters.exists(Route.class, "routeTableId", ChildFilters.text("origin")))
          .tags("id")
          .build();
  private static final Filters<NetworkAcl> ACLS =
      Filters.on(NetworkAcl.class)
          .text("network-acl-id", "id")
          .text("association.network-acl-id", "id")
          .text("vpc-id", "vpcId")
          .text("owner-id", "accountId")
          .bool("default", "isDefault")
          .where(
              "association.association-id",
              ChildFilters.exists(
                  NetworkAclAssociation.class, "networkAclId", ChildFilters.text("id")))
          .where(
              "association.subnet-id",
              ChildFilters.exists(
                  NetworkAclAssociation.class, "networkAclId", ChildFilters.text("subnetId")))
          .where(
              "entry.cidr",
              ChildFilters.exists(
                  NetworkAclEntry.class, "networkAclId", ChildFilters.asText("cidr")))
          .where(
              "entry.egress",
              ChildFilters.exists(
                  NetworkAclEntry.class, "networkAclId", ChildFilters.bool("egress")))
          .where(
              "entry.protocol",
              ChildFilters.exists(
                  NetworkAclEntry.class, "networkAclId", ChildFilters.text("protocol")))
          .where(
              "entry.rule-number",
              ChildFilters.exists(
                  NetworkAclEntry.class, "networkAclId", ChildFilters.asText("ruleNumber")))
          .tags("id")
          .build();

  private final InternetGatewayRepository gateways;
  private final RouteTableRepository routeTables;
  private final RouteRepository routes;
  private final RouteTableAssociationRepository routeTableAssociations;
  private final NetworkAclRepository acls;
  private final NetworkAclEntryRepository aclEntries;
  private final NetworkAclAssociationRepository aclAssociations;
  private final Tags tags;

  public Ec2Routing(
      InternetGatewayRepository gateways,
      RouteTableRepository routeTables,
      RouteRepository routes,
      RouteTableAssociationRepository routeTableAssociations,
      NetworkAclRepository acls,
      NetworkAclEntryRepository aclEntries,
      NetworkAclAssociationRepository aclAssociations,
      Tags tags) {
    this.gateways = gateways;
    this.routeTables = routeTables;
    this.routes = routes;
    this.routeTableAssociations = routeTableAssociations;
    this.acls = acls;
    this.aclEntries = aclEntries;
    this.aclAssociations = aclAssociations;
    this.tags = tags;
  }

  public DescribeInternetGatewaysResponse describeInternetGateways(
      DescribeInternetGatewaysRequest request, Caller caller) {
    Pages.Page<InternetGateway> page =
        Pages.owned(
            gateways,
            caller.accountId(),
            IdKind.INTERNET_GATEWAY,
            request.internetGatewayIds(),
            GATEWAYS.specification(request.filters()),
            InternetGateway::id,
            request.maxResults(),
            request.nextToken());
    var tagsOf = tags.of(page.items().stream().map(InternetGateway::id).toList());
    return DescribeInternetGatewaysResponse.builder()
        .internetGateways(
            page.items().stream()
                .map(g -> print(g, tagsOf.getOrDefault(g.id(), List.of())))
                .toList())
        .nextToken(page.nextToken())
        .build();
  }

  private static software.amazon.awssdk.services.ec2.model.InternetGateway print(
      InternetGateway gateway, List<software.amazon.awssdk.services.ec2.model.Tag> tags) {
    return software.amazon.awssdk.services.ec2.model.InternetGateway.builder()
        .internetGatewayId(gateway.id())
        .ownerId(gateway.accountId())
        .attachments(
            gateway.vpcId() == null
                ? List.of()
                : List.of(
                    InternetGatewayAttachment.builder()
                        .vpcId(gateway.vpcId())
                        // EC2 says "available" here, which its own enumeration does not have.
                        .state("available")
                        .build()))
        .tags(tags)
        .build();
  }

  public DescribeRouteTablesResponse describeRouteTables(
      DescribeRouteTablesRequest request, Caller caller) {
    Pages.Page<RouteTable> page =
        Pages.owned(
            routeTables,
            caller.accountId(),
            IdKind.ROUTE_TABLE,
            request.routeTableIds(),
            ROUTE_TABLES.specification(request.filters()),
            RouteTable::id,
            request.maxResults(),
            request.nextToken());
    List<String> ids = page.items().stream().map(RouteTable::id).toList();
    Map<String, List<Route>> routesOf =
        ids.isEmpty()
            ? Map.of()
            : routes.findByRouteTableIdInOrderByDestinationDesc(ids).stream()
                .collect(Collectors.groupingBy(Route::routeTableId));
    Map<String, List<RouteTableAssociation>> subnetsOf =
        ids.isEmpty()
            ? Map.of()
            : routeTableAssociations.findByRouteTableIdInOrderById(ids).stream()
                .collect(Collectors.groupingBy(RouteTableAssociation::routeTableId));
    var tagsOf = tags.of(ids);
    return DescribeRouteTablesResponse.builder()
        .routeTables(
            page.items().stream()
                .map(
                    t ->
                        software.amazon.awssdk.services.ec2.model.RouteTable.builder()
                            .routeTableId(t.id())
                            .vpcId(t.vpcId())
                            .ownerId(t.accountId())
                            .associations(
                                associations(t, subnetsOf.getOrDefault(t.id(), List.of())))
                            .routes(
                                routesOf.getOrDefault(t.id(), List.of()).stream()
                                    .map(Ec2Routing::print)
                                    .toList())
                            .propagatingVgws(List.<PropagatingVgw>of())
                            .tags(tagsOf.getOrDefault(t.id(), List.of()))
                            .build())
                .toList())
        .nextToken(page.nextToken())
        .build();
  }

  private static List<software.amazon.awssdk.services.ec2.model.RouteTableAssociation> associations(
      RouteTable table, List<RouteTableAssociation> subnets) {
    List<software.amazon.awssdk.services.ec2.model.RouteTableAssociation> all = new ArrayList<>();
    if (table.mainAssociationId() != null) {
      all.add(association(table.mainAssociationId(), table.id(), null));
    }
    subnets.forEach(s -> all.add(association(s.id(), table.id(), s.subnetId())));
    return all;
  }

  private static software.amazon.awssdk.services.ec2.model.RouteTableAssociation association(
      String id, String tableId, String subnetId) {
    return software.amazon.awssdk.services.ec2.model.RouteTableAssociation.builder()
        .routeTableAssociationId(id)
        .routeTableId(tableId)
        .subnetId(subnetId)
        .main(subnetId == null)
        .associationState(s -> s.state(RouteTableAssociationStateCode.ASSOCIATED))
        .build();
  }

  private static software.amazon.awssdk.services.ec2.model.Route print(Route route) {
    return software.amazon.awssdk.services.ec2.model.Route.builder()
        .destinationCidrBlock(route.destination())
        .gatewayId(route.target())
        .origin(route.origin())
        .state(RouteState.ACTIVE)
        .build();
  }

  public DescribeNetworkAclsResponse describeNetworkAcls(
      DescribeNetworkAclsRequest request, Caller caller) {
    Pages.Page<NetworkAcl> page =
        Pages.owned(
            acls,
            caller.accountId(),
            IdKind.NETWORK_ACL,
            request.networkAclIds(),
            ACLS.specification(request.filters()),
            NetworkAcl::id,
            request.maxResults(),
            request.nextToken());
    List<String> ids = page.items().stream().map(NetworkAcl::id).toList();
    Map<String, List<NetworkAclEntry>> entriesOf =
        ids.isEmpty()
            ? Map.of()
            : aclEntries.findByNetworkAclIdInOrderByEgressDescRuleNumberAsc(ids).stream()
                .collect(Collectors.groupingBy(NetworkAclEntry::networkAclId));
    Map<String, List<NetworkAclAssociation>> subnetsOf =
        ids.isEmpty()
            ? Map.of()
            : aclAssociations.findByNetworkAclIdInOrderById(ids).stream()
                .collect(Collectors.groupingBy(NetworkAclAssociation::networkAclId));
    var tagsOf = tags.of(ids);
    return DescribeNetworkAclsResponse.builder()
        .networkAcls(
            page.items().stream()
                .map(
                    a ->
                        software.amazon.awssdk.services.ec2.model.NetworkAcl.builder()
                            .networkAclId(a.id())
                            .vpcId(a.vpcId())
                            .ownerId(a.accountId())
                            .isDefault(a.isDefault())
                            .entries(
                                entriesOf.getOrDefault(a.id(), List.of()).stream()
                                    .map(Ec2Routing::print)
                                    .toList())
                            .associations(
                                subnetsOf.getOrDefault(a.id(), List.of()).stream()
                                    .map(Ec2Routing::print)
                                    .toList())
                            .tags(tagsOf.getOrDefault(a.id(), List.of()))
                            .build())
                .toList())
        .nextToken(page.nextToken())
        .build();
  }

  private static software.amazon.awssdk.services.ec2.model.NetworkAclEntry print(
      NetworkAclEntry entry) {
    return software.amazon.awssdk.services.ec2.model.NetworkAclEntry.builder()
        .ruleNumber(entry.ruleNumber())
        .egress(entry.egress())
        .protocol(entry.protocol())
        .ruleAction(entry.allow() ? RuleAction.ALLOW : RuleAction.DENY)
        .cidrBlock(entry.cidr())
        .build();
  }

  private static software.amazon.awssdk.services.ec2.model.NetworkAclAssociation print(
      NetworkAclAssociation association) {
    return software.amazon.awssdk.services.ec2.model.NetworkAclAssociation.builder()
        .networkAclAssociationId(association.id())
        .networkAclId(association.networkAclId())
        .subnetId(association.subnetId())
        .build();
  }
}
