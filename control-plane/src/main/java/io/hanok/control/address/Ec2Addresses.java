package io.hanok.control.address;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.ChildFilters;
import io.hanok.control.ec2.Filters;
import io.hanok.control.ec2.Pages;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.HanokProperties;
import io.hanok.control.tag.Tags;
import java.util.List;
import org.springframework.data.domain.Sort;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.Address;
import software.amazon.awssdk.services.ec2.model.AddressAttribute;
import software.amazon.awssdk.services.ec2.model.AllocateAddressRequest;
import software.amazon.awssdk.services.ec2.model.AllocateAddressResponse;
import software.amazon.awssdk.services.ec2.model.AssociateAddressRequest;
import software.amazon.awssdk.services.ec2.model.AssociateAddressResponse;
import software.amazon.awssdk.services.ec2.model.DescribeAddressesAttributeRequest;
import software.amazon.awssdk.services.ec2.model.DescribeAddressesAttributeResponse;
import software.amazon.awssdk.services.ec2.model.DescribeAddressesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeAddressesResponse;
import software.amazon.awssdk.services.ec2.model.DisassociateAddressRequest;
import software.amazon.awssdk.services.ec2.model.DisassociateAddressResponse;
import software.amazon.awssdk.services.ec2.model.DomainType;
import software.amazon.awssdk.services.ec2.model.ReleaseAddressRequest;
import software.amazon.awssdk.services.ec2.model.ReleaseAddressResponse;

/** EC2's actions on elastic addresses. */
@Component
public class Ec2Addresses implements AwsActions {
  private static final String TYPE = "elastic-ip";
  private static final Filters<PublicAddress> FILTERS =
      Filters.on(PublicAddress.class)
          .text("allocation-id", "allocationId")
          .text("association-id", "associationId")
          .text("instance-id", "instanceId")
          .text("network-interface-id", "eniId")
          .where(
              "network-interface-owner-id",
              (root, query, sql, values) ->
                  sql.and(
                      sql.isNotNull(root.get("eniId")),
                      Filters.matches(sql, root.get("accountId"), values)))
          .where("private-ip-address", ChildFilters.ownAddress("privateAddress"))
          .where("public-ip", ChildFilters.ownAddress("address"))
          .where("domain", ChildFilters.constant("vpc"))
          .tags("allocationId")
          .build();

  private final PublicAddressRepository rows;
  private final Addresses addresses;
  private final Tags tags;
  private final HanokProperties properties;

  public Ec2Addresses(
      PublicAddressRepository rows, Addresses addresses, Tags tags, HanokProperties properties) {
    this.rows = rows;
    this.addresses = addresses;
    this.tags = tags;
    this.properties = properties;
  }

  public AllocateAddressResponse allocateAddress(AllocateAddressRequest request, Caller caller) {
    PublicAddress address = addresses.allocate(caller, request.address());
    tags.atCreation(caller, address.allocationId(), TYPE, request.tagSpecifications());
    return AllocateAddressResponse.builder()
        .allocationId(address.allocationId())
        .publicIp(address.address())
        .domain(DomainType.VPC)
        .publicIpv4Pool("amazon")
        .networkBorderGroup(properties.region())
        .build();
  }

  public AssociateAddressResponse associateAddress(AssociateAddressRequest request, Caller caller) {
    return AssociateAddressResponse.builder()
        .associationId(
            addresses.associate(
                caller,
                new AssociateAddress(
                    request.allocationId(),
                    request.publicIp(),
                    request.instanceId(),
                    request.networkInterfaceId(),
                    request.privateIpAddress(),
                    !Boolean.FALSE.equals(request.allowReassociation()))))
        .build();
  }

  public DisassociateAddressResponse disassociateAddress(
      DisassociateAddressRequest request, Caller caller) {
    addresses.disassociate(caller, request.associationId(), request.publicIp());
    return DisassociateAddressResponse.builder().build();
  }

  public ReleaseAddressResponse releaseAddress(ReleaseAddressRequest request, Caller caller) {
    addresses.release(caller, request.allocationId(), request.publicIp());
    return ReleaseAddressResponse.builder().build();
  }

  public DescribeAddressesResponse describeAddresses(
      DescribeAddressesRequest request, Caller caller) {
    List<PublicAddress> found =
        elastic(
            caller,
            request.allocationIds(),
            request.publicIps(),
            FILTERS.specification(request.filters()));
    var tagsOf = tags.of(found.stream().map(PublicAddress::allocationId).toList());
    return DescribeAddressesResponse.builder()
        .addresses(
            found.stream()
                .map(a -> print(a, tagsOf.getOrDefault(a.allocationId(), List.of())))
                .toList())
        .build();
  }

  /** The addresses' reverse names; there are none, and a tool that asks is told so. */
  public DescribeAddressesAttributeResponse describeAddressesAttribute(
      DescribeAddressesAttributeRequest request, Caller caller) {
    return DescribeAddressesAttributeResponse.builder()
        .addresses(
            elastic(caller, request.allocationIds(), List.of(), Specification.unrestricted())
                .stream()
                .map(
                    a ->
                        AddressAttribute.builder()
                            .allocationId(a.allocationId())
                            .publicIp(a.address())
                            .build())
                .toList())
        .build();
  }

  private List<PublicAddress> elastic(
      Caller caller,
      List<String> allocationIds,
      List<String> publicIps,
      Specification<PublicAddress> filters) {
    Specification<PublicAddress> named =
        Pages.<PublicAddress>ownedBy(caller.accountId())
            .and((root, query, sql) -> sql.isNotNull(root.get("allocationId")))
            .and(Pages.idIn("allocationId", Pages.wellFormed(IdKind.ALLOCATION, allocationIds)));
    if (!publicIps.isEmpty()) {
      named =
          named.and(
              (root, query, sql) ->
                  sql.function("host", String.class, root.get("address")).in(publicIps));
    }
    if (!allocationIds.isEmpty() || !publicIps.isEmpty()) {
      requireAll(allocationIds, publicIps, rows.findAll(named));
    }
    return rows.findAll(named.and(filters), Sort.by("allocationId"));
  }

  private static void requireAll(
      List<String> allocationIds, List<String> publicIps, List<PublicAddress> found) {
    Pages.requireAll(IdKind.ALLOCATION, allocationIds, found, PublicAddress::allocationId);
    List<String> present = found.stream().map(PublicAddress::address).toList();
    for (String publicIp : publicIps) {
      if (!present.contains(publicIp)) {
        throw new CloudException(
            ErrorCode.INVALID_ADDRESS_NOT_FOUND, "Address '%s' not found.".formatted(publicIp));
      }
    }
  }

  private Address print(
      PublicAddress address, List<software.amazon.awssdk.services.ec2.model.Tag> itsTags) {
    return Address.builder()
        .allocationId(address.allocationId())
        .publicIp(address.address())
        .domain(DomainType.VPC)
        .publicIpv4Pool("amazon")
        .networkBorderGroup(properties.region())
        .associationId(address.associationId())
        .instanceId(address.instanceId())
        .networkInterfaceId(address.eniId())
        .networkInterfaceOwnerId(address.eniId() == null ? null : address.accountId())
        .privateIpAddress(address.privateAddress())
        .tags(itsTags)
        .build();
  }
}
