package io.hanok.control.region;

import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.Wildcards;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.HanokProperties;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpHeaders;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;
import software.amazon.awssdk.services.ec2.model.AccountAttribute;
import software.amazon.awssdk.services.ec2.model.AccountAttributeValue;
import software.amazon.awssdk.services.ec2.model.AvailabilityZone;
import software.amazon.awssdk.services.ec2.model.DescribeAccountAttributesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeAccountAttributesResponse;
import software.amazon.awssdk.services.ec2.model.DescribeAvailabilityZonesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeAvailabilityZonesResponse;
import software.amazon.awssdk.services.ec2.model.DescribeRegionsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeRegionsResponse;
import software.amazon.awssdk.services.ec2.model.Region;

/** EC2's actions on the region, its zones, and what an account may have. */
@Component
public class Ec2Regions implements AwsActions {
  private static final String OPT_IN = "opt-in-not-required";
  private static final String ZONE_TYPE = "availability-zone";
  private static final Wildcards<Region> REGION_FILTERS =
      new Wildcards<>(
          Map.of(
              "region-name", Region::regionName,
              "endpoint", Region::endpoint,
              "opt-in-status", Region::optInStatus));
  private static final Wildcards<Zone> ZONE_FILTERS =
      new Wildcards<>(
          Map.of(
              "zone-name", Zone::name,
              "zone-id", Zone::id,
              "state", Zone::state,
              "region-name", Zone::region,
              "group-name", Zone::region,
              "network-border-group", Zone::region,
              "zone-type", z -> ZONE_TYPE,
              "opt-in-status", z -> OPT_IN,
              "message", z -> ""));

  /** EC2's own constant: "This attribute is no longer supported", API reference. */
  private static final String MAX_INSTANCES = "20";

  private static final String MAX_GROUPS = "5";

  private final Zones zones;
  private final JdbcClient jdbc;
  private final HanokProperties properties;
  private final Environment environment;

  public Ec2Regions(
      Zones zones, JdbcClient jdbc, HanokProperties properties, Environment environment) {
    this.zones = zones;
    this.jdbc = jdbc;
    this.properties = properties;
    this.environment = environment;
  }

  public DescribeRegionsResponse describeRegions(DescribeRegionsRequest request, Caller caller) {
    for (String name : request.regionNames()) {
      if (!name.equals(properties.region())) {
        throw new CloudException(
            ErrorCode.INVALID_PARAMETER_VALUE,
            "Invalid region provided: '%s'. This is region '%s'."
                .formatted(name, properties.region()));
      }
    }
    Region region =
        Region.builder()
            .regionName(properties.region())
            .endpoint(endpoint())
            .optInStatus(OPT_IN)
            .build();
    return DescribeRegionsResponse.builder()
        .regions(REGION_FILTERS.select(List.of(region), request.filters()))
        .build();
  }

  public DescribeAvailabilityZonesResponse describeAvailabilityZones(
      DescribeAvailabilityZonesRequest request, Caller caller) {
    List<Zone> all = zones.all();
    requireKnown("availability zone", request.zoneNames(), all, Zone::name);
    requireKnown("availability zone id", request.zoneIds(), all, Zone::id);
    List<Zone> named =
        all.stream()
            .filter(z -> request.zoneNames().isEmpty() || request.zoneNames().contains(z.name()))
            .filter(z -> request.zoneIds().isEmpty() || request.zoneIds().contains(z.id()))
            .toList();
    return DescribeAvailabilityZonesResponse.builder()
        .availabilityZones(
            ZONE_FILTERS.select(named, request.filters()).stream()
                .map(Ec2Regions::printed)
                .toList())
        .build();
  }

  public DescribeAccountAttributesResponse describeAccountAttributes(
      DescribeAccountAttributesRequest request, Caller caller) {
    String elastic = String.valueOf(publicAddresses());
    Map<String, String> all = new LinkedHashMap<>();
    all.put("supported-platforms", "VPC");
    all.put("default-vpc", defaultVpc(caller));
    all.put("max-instances", MAX_INSTANCES);
    all.put("vpc-max-security-groups-per-interface", MAX_GROUPS);
    all.put("max-elastic-ips", elastic);
    all.put("vpc-max-elastic-ips", elastic);
    List<String> wanted = request.attributeNamesAsStrings();
    List<AccountAttribute> answer = new ArrayList<>();
    for (String name : wanted) {
      if (!all.containsKey(name)) {
        throw Errors.invalidValue(
            "attributeName", name, "Expecting one of %s.".formatted(all.keySet()));
      }
    }
    all.forEach(
        (name, value) -> {
          if (wanted.isEmpty() || wanted.contains(name)) {
            answer.add(
                AccountAttribute.builder()
                    .attributeName(name)
                    .attributeValues(AccountAttributeValue.builder().attributeValue(value).build())
                    .build());
          }
        });
    return DescribeAccountAttributesResponse.builder().accountAttributes(answer).build();
  }

  private static void requireKnown(
      String what, List<String> named, List<Zone> zones, Function<Zone, String> key) {
    for (String name : named) {
      if (zones.stream().noneMatch(z -> key.apply(z).equals(name))) {
        throw new CloudException(
            ErrorCode.INVALID_PARAMETER_VALUE,
            "Invalid %s: [%s]. There are: %s."
                .formatted(
                    what, name, String.join(", ", zones.stream().map(key).sorted().toList())));
      }
    }
  }

  private static AvailabilityZone printed(Zone zone) {
    return AvailabilityZone.builder()
        .zoneName(zone.name())
        .zoneId(zone.id())
        .regionName(zone.region())
        .state(zone.state())
        .zoneType(ZONE_TYPE)
        .optInStatus(OPT_IN)
        .groupName(zone.region())
        .groupLongName(zone.region())
        .networkBorderGroup(zone.region())
        .messages(List.of())
        .build();
  }

  /** Where this caller reached us, which is the endpoint that it can use. */
  private String endpoint() {
    if (RequestContextHolder.getRequestAttributes() instanceof ServletRequestAttributes request) {
      String host = request.getRequest().getHeader(HttpHeaders.HOST);
      if (host != null) {
        return host;
      }
    }
    return environment.getProperty("server.address", "127.0.0.1")
        + ":"
        + environment.getProperty("server.port", "8773");
  }

  private String defaultVpc(Caller caller) {
    return jdbc.sql("SELECT id FROM vpc WHERE account_id = :account AND is_default")
        .param("account", caller.accountId())
        .query(String.class)
        .optional()
        .orElse("none");
  }

  /** An account's elastic addresses are bounded by the region's range alone. */
  private long publicAddresses() {
    int length = Integer.parseInt(properties.publicCidr().replaceFirst(".*/", ""));
    return 1L << (32 - length);
  }
}
