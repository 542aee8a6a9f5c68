package io.hanok.control.instancetype;

import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.Filters;
import io.hanok.control.ec2.Pages;
import io.hanok.control.ec2.Wildcards;
import io.hanok.control.region.Zone;
import io.hanok.control.region.Zones;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.HanokProperties;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.data.domain.Sort;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceTypeOfferingsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceTypeOfferingsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceTypesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceTypesResponse;
import software.amazon.awssdk.services.ec2.model.InstanceTypeOffering;
import software.amazon.awssdk.services.ec2.model.LocationType;

/** EC2's actions on instance types. */
@Component
public class Ec2InstanceTypes implements AwsActions {
  private static final Filters<InstanceType> FILTERS = filters();
  private static final Wildcards<InstanceTypeOffering> OFFERING_FILTERS =
      new Wildcards<>(
          Map.of(
              "instance-type", InstanceTypeOffering::instanceTypeAsString,
              "location", InstanceTypeOffering::location));
  private static final int MOST = 1000;

  private final InstanceTypeRepository rows;
  private final Zones zones;
  private final HanokProperties properties;

  public Ec2InstanceTypes(InstanceTypeRepository rows, Zones zones, HanokProperties properties) {
    this.rows = rows;
    this.zones = zones;
    this.properties = properties;
  }

  public DescribeInstanceTypesResponse describeInstanceTypes(
      DescribeInstanceTypesRequest request, Caller caller) {
    List<String> named = request.instanceTypesAsStrings();
    if (!named.isEmpty() && request.maxResults() != null) {
      throw Errors.combination("InstanceTypes and MaxResults cannot be given together.");
    }
    Set<String> unknown = new LinkedHashSet<>(named);
    rows.findAllById(named).forEach(t -> unknown.remove(t.name()));
    if (!unknown.isEmpty()) {
      throw new CloudException(
          ErrorCode.INVALID_INSTANCE_TYPE,
          "The following supplied instance types do not exist: [%s]"
              .formatted(String.join(", ", unknown)));
    }
    var page =
        Pages.read(
            rows,
            Pages.<InstanceType>idIn("name", named).and(FILTERS.specification(request.filters())),
            "name",
            InstanceType::name,
            request.maxResults(),
            request.nextToken());
    return DescribeInstanceTypesResponse.builder()
        .instanceTypes(page.items().stream().map(InstanceTypePrinter::print).toList())
        .nextToken(page.nextToken())
        .build();
  }

  /** Every type is offered in every zone; whether a host has room shows at the launch. */
  public DescribeInstanceTypeOfferingsResponse describeInstanceTypeOfferings(
      DescribeInstanceTypeOfferingsRequest request, Caller caller) {
    LocationType locationType = locationType(request.locationTypeAsString());
    List<String> locations = locations(locationType);
    List<InstanceTypeOffering> offerings = new ArrayList<>();
    for (InstanceType type : rows.findAll(Sort.by("name"))) {
      for (String location : locations) {
        offerings.add(
            InstanceTypeOffering.builder()
                .instanceType(type.name())
                .locationType(locationType)
                .location(location)
                .build());
      }
    }
    List<InstanceTypeOffering> found = OFFERING_FILTERS.select(offerings, request.filters());
    int from = Math.min(offset(request.nextToken()), found.size());
    int to = Math.min(from + most(request.maxResults()), found.size());
    return DescribeInstanceTypeOfferingsResponse.builder()
        .instanceTypeOfferings(found.subList(from, to))
        .nextToken(to < found.size() ? token(to) : null)
        .build();
  }

  private List<String> locations(LocationType type) {
    return switch (type) {
      case REGION -> List.of(properties.region());
      case AVAILABILITY_ZONE -> zones.all().stream().map(Zone::name).toList();
      case AVAILABILITY_ZONE_ID -> zones.all().stream().map(Zone::id).toList();
      case OUTPOST, UNKNOWN_TO_SDK_VERSION -> List.of();
    };
  }

  private static LocationType locationType(String text) {
    if (text == null) {
      return LocationType.REGION;
    }
    LocationType type = LocationType.fromValue(text);
    if (type == LocationType.UNKNOWN_TO_SDK_VERSION) {
      throw Errors.invalidValue(
          "LocationType", text, "Expecting region, availability-zone or availability-zone-id.");
    }
    return type;
  }

  private static int most(Integer maxResults) {
    if (maxResults == null) {
      return MOST;
    }
    if (maxResults < 1 || maxResults > MOST) {
      throw Errors.invalidValue("maxResults", maxResults, "Expecting a value from 5 to 1000.");
    }
    return maxResults;
  }

  private static String token(int offset) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(String.valueOf(offset).getBytes(StandardCharsets.US_ASCII));
  }

  private static int offset(String token) {
    if (token == null) {
      return 0;
    }
    try {
      return Integer.parseUnsignedInt(
          new String(Base64.getUrlDecoder().decode(token), StandardCharsets.US_ASCII));
    } catch (IllegalArgumentException e) {
      throw new CloudException(
          ErrorCode.INVALID_NEXT_TOKEN, "The token '%s' is invalid.".formatted(token));
    }
  }

  private static Filters<InstanceType> filters() {
    var filters =
        Filters.on(InstanceType.class)
            .text("instance-type", "name")
            .bool("current-generation", "currentGeneration")
            .bool("burstable-performance-supported", "burstable")
            .text("vcpu-info.default-vcpus", "vcpus")
            .text("vcpu-info.default-threads-per-core", "threadsPerCore")
            .text("vcpu-info.valid-threads-per-core", "threadsPerCore")
            .text("memory-info.size-in-mib", "memoryMib")
            .text("network-info.network-performance", "networkPerformance")
            .text("network-info.maximum-network-interfaces", "maxInterfaces")
            .text("network-info.ipv4-addresses-per-interface", "addressesPerInterface")
            .text("ebs-info.ebs-optimized-info.baseline-bandwidth-in-mbps", "ebsBaselineMbps")
            .text("ebs-info.ebs-optimized-info.baseline-iops", "ebsBaselineIops")
            .text("ebs-info.ebs-optimized-info.maximum-bandwidth-in-mbps", "ebsPeakMbps")
            .text("ebs-info.ebs-optimized-info.maximum-iops", "ebsPeakIops")
            .where(
                "processor-info.sustained-clock-speed-in-ghz",
                (root, query, sql, values) ->
                    Filters.matches(sql, root.get("clockGhz").as(String.class), values));
    for (String name : List.of("vcpu-info.default-cores", "vcpu-info.valid-cores")) {
      filters.where(
          name,
          (root, query, sql, values) ->
              Filters.matches(
                  sql,
                  sql.quot(root.<Integer>get("vcpus"), root.<Integer>get("threadsPerCore"))
                      .as(Integer.class)
                      .as(String.class),
                  values));
    }
    // What is the same of every type.
    Map.ofEntries(
            Map.entry("hypervisor", "nitro"),
            Map.entry("processor-info.supported-architecture", "x86_64"),
            Map.entry("supported-boot-mode", "legacy-bios"),
            Map.entry("supported-root-device-type", "ebs"),
            Map.entry("supported-usage-class", "on-demand"),
            Map.entry("supported-virtualization-type", "hvm"),
            Map.entry("auto-recovery-supported", "false"),
            Map.entry("bare-metal", "false"),
            Map.entry("dedicated-hosts-supported", "false"),
            Map.entry("free-tier-eligible", "false"),
            Map.entry("hibernation-supported", "false"),
            Map.entry("instance-storage-supported", "false"),
            Map.entry("ebs-info.ebs-optimized-support", "default"),
            Map.entry("ebs-info.encryption-support", "unsupported"),
            Map.entry("ebs-info.nvme-support", "unsupported"),
            Map.entry("network-info.efa-supported", "false"),
            Map.entry("network-info.ena-support", "unsupported"),
            Map.entry("network-info.encryption-in-transit-supported", "false"),
            Map.entry("network-info.ipv6-supported", "false"),
            Map.entry("network-info.maximum-network-cards", "1"))
        .forEach(
            (name, value) ->
                filters.where(
                    name,
                    (root, query, sql, values) ->
                        Wildcards.matches(value, values) ? sql.conjunction() : sql.disjunction()));
    return filters.build();
  }
}
