package io.hanok.control.network;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.util.Comparator;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Finds the subnet that a caller names or means. */
@Service
public class Subnets {
  private final VpcRepository vpcs;
  private final SubnetRepository subnets;
  private final JdbcClient jdbc;

  public Subnets(VpcRepository vpcs, SubnetRepository subnets, JdbcClient jdbc) {
    this.vpcs = vpcs;
    this.subnets = subnets;
    this.jdbc = jdbc;
  }

  /**
   * The subnet of a launch.
   *
   * @param subnetId the subnet, or null: a default subnet of the default VPC
   * @param zone the zone, or null: the subnet's, or the first one in which a host takes instances
   * @throws CloudException InvalidSubnetID.NotFound; VPCIdNotSpecified if there is no default VPC;
   *     MissingInput if it has no default subnet in the zone; InvalidParameterValue for an unknown
   *     zone; InvalidParameterCombination if the subnet lies in another zone
   */
  @Transactional(readOnly = true)
  public Subnet resolve(Caller caller, String subnetId, String zone) {
    if (zone != null) {
      requireZone(zone);
    }
    return subnetId == null ? defaultSubnet(caller, zone) : named(caller, subnetId, zone);
  }

  private Subnet named(Caller caller, String subnetId, String zone) {
    Errors.wellFormed(IdKind.SUBNET, subnetId);
    Subnet subnet =
        subnets
            .findByIdAndAccountId(subnetId, caller.accountId())
            .orElseThrow(() -> Errors.notFound(IdKind.SUBNET, subnetId));
    if (zone != null && !zone.equals(subnet.zone())) {
      throw Errors.combination(
          "The subnet '%s' is in the zone %s, not in %s. Name one of the two only."
              .formatted(subnetId, subnet.zone(), zone));
    }
    return subnet;
  }

  private Subnet defaultSubnet(Caller caller, String zone) {
    Vpc vpc =
        vpcs.defaultOf(caller.accountId())
            .orElseThrow(
                () ->
                    new CloudException(
                        ErrorCode.VPC_ID_NOT_SPECIFIED,
                        "No default VPC for this user. Name a subnet."));
    List<String> taking = zonesThatTakeInstances();
    return subnets.defaultOf(vpc.id()).stream()
        .filter(s -> zone == null || s.zone().equals(zone))
        .min(
            Comparator.comparing((Subnet s) -> !taking.contains(s.zone()))
                .thenComparing(Subnet::zone))
        .orElseThrow(
            () ->
                new CloudException(
                    ErrorCode.MISSING_INPUT,
                    zone == null
                        ? "No subnets found for the default VPC '%s'. Name a subnet."
                            .formatted(vpc.id())
                        : "No default subnet for availability zone: '%s'. Name a subnet."
                            .formatted(zone)));
  }

  private List<String> zonesThatTakeInstances() {
    return jdbc.sql("SELECT DISTINCT zone FROM host WHERE schedulable").query(String.class).list();
  }

  private void requireZone(String zone) {
    if (jdbc.sql("SELECT 1 FROM zone WHERE name = :zone")
        .param("zone", zone)
        .query(Integer.class)
        .optional()
        .isEmpty()) {
      throw new CloudException(
          ErrorCode.INVALID_PARAMETER_VALUE,
          "Invalid availability zone: [%s]. DescribeAvailabilityZones lists those there are."
              .formatted(zone));
    }
  }
}
