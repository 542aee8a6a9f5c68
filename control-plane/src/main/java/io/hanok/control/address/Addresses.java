package io.hanok.control.address;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.hostnet.HostNetworks;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.Cidr4;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.Ids;
import io.hanok.control.tag.Tags;
import jakarta.persistence.EntityManager;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Elastic addresses: allocated to an account, led to an interface, moved in one call, released
 * explicitly.
 *
 * <p>An elastic address takes the place of the automatic one of its private address, which goes
 * back to the range. After it has left, an instance has no public address until its next start, as
 * on EC2.
 */
@Service
public class Addresses {
  private final PublicAddressRepository rows;
  private final PublicAddresses pool;
  private final HostNetworks hosts;
  private final Tags tags;
  private final EntityManager entities;
  private final JdbcClient jdbc;
  private final Ids ids;

  public Addresses(
      PublicAddressRepository rows,
      PublicAddresses pool,
      HostNetworks hosts,
      Tags tags,
      EntityManager entities,
      JdbcClient jdbc,
      Ids ids) {
    this.rows = rows;
    this.pool = pool;
    this.hosts = hosts;
    this.tags = tags;
    this.entities = entities;
    this.jdbc = jdbc;
    this.ids = ids;
  }

  /** An interface that an address can be led to. */
  private record Target(String eniId, String vpcId, String privateAddress) {}

  /**
   * Allocates an address to an account.
   *
   * @param wanted the address itself, or null for any free one
   * @throws CloudException InsufficientAddressCapacity; InvalidAddress.NotFound if the wanted one
   *     is not of this region's range, InvalidIPAddress.InUse if it is taken
   */
  @Transactional
  PublicAddress allocate(Caller caller, String wanted) {
    if (wanted != null && !pool.isGivable(number(wanted))) {
      throw new CloudException(
          ErrorCode.INVALID_ADDRESS_NOT_FOUND,
          "The address '%s' is not one of this region's range %s.".formatted(wanted, pool.range()));
    }
    return pool.allocate(caller.accountId(), ids.next(IdKind.ALLOCATION), wanted)
        .orElseThrow(
            () ->
                new CloudException(
                    ErrorCode.INVALID_IP_ADDRESS_IN_USE,
                    "The address '%s' is in use.".formatted(wanted)));
  }

  /**
   * Leads an address to an interface.
   *
   * @return the association's id
   * @throws CloudException Resource.AlreadyAssociated if it may not be moved, Gateway.NotAttached,
   *     and NotFound codes for what the account does not have
   */
  @Transactional
  String associate(Caller caller, AssociateAddress command) {
    PublicAddress found = find(caller, command.allocationId(), command.publicIp());
    Target target = target(caller, command);
    requireGateway(target);
    lockBoth(found, target);
    PublicAddress address =
        locked(found).orElseThrow(() -> Errors.notFound(IdKind.ALLOCATION, found.allocationId()));
    if (target.eniId().equals(address.eniId())
        && target.privateAddress().equals(address.privateAddress())) {
      return address.associationId();
    }
    Optional<PublicAddress> present =
        rows.findByEniIdAndPrivateAddress(target.eniId(), target.privateAddress());
    present.ifPresent(entities::refresh);
    if (!command.reassociate()) {
      requireFree(address, present.filter(p -> p.allocationId() != null));
    }
    Set<String> concerned = new TreeSet<>(Set.of(target.eniId()));
    if (address.eniId() != null) {
      concerned.add(address.eniId());
    }
    present.ifPresent(
        p -> {
          if (p.allocationId() == null) {
            rows.delete(p);
          } else {
            p.disassociate();
          }
        });
    address.disassociate();
    // The constraint on (interface, private address) holds at each statement.
    entities.flush();
    address.associate(
        target.eniId(), target.privateAddress(), ids.next(IdKind.ADDRESS_ASSOCIATION));
    hosts.wakeOfInterfaces(concerned);
    return address.associationId();
  }

  /** Holds an address and the one at a target whose interface is held, in their order. */
  private void lockBoth(PublicAddress found, Target target) {
    jdbc.sql(
            """
            SELECT 1 FROM public_address
            WHERE address = :address::inet OR (eni_id = :eni AND private_address = :private::inet)
            ORDER BY address FOR NO KEY UPDATE
            """)
        .param("address", found.address())
        .param("eni", target.eniId())
        .param("private", target.privateAddress())
        .query(Integer.class)
        .list();
  }

  /** Holds an address that has been found, and reads it as it is now; empty if it is gone. */
  private Optional<PublicAddress> locked(PublicAddress found) {
    boolean there =
        jdbc.sql("SELECT 1 FROM public_address WHERE address = :address::inet FOR NO KEY UPDATE")
            .param("address", found.address())
            .query(Integer.class)
            .optional()
            .isPresent();
    if (there) {
      entities.refresh(found);
    }
    return Optional.of(found).filter(f -> there);
  }

  private static void requireFree(PublicAddress address, Optional<PublicAddress> present) {
    if (address.eniId() != null) {
      throw new CloudException(
          ErrorCode.RESOURCE_ALREADY_ASSOCIATED,
          "resource %s is already associated with associate-id %s"
              .formatted(address.allocationId(), address.associationId()));
    }
    present.ifPresent(
        p -> {
          throw new CloudException(
              ErrorCode.RESOURCE_ALREADY_ASSOCIATED,
              "resource %s is already associated with associate-id %s"
                  .formatted(p.eniId(), p.associationId()));
        });
  }

  private Target target(Caller caller, AssociateAddress command) {
    String eniId =
        command.networkInterfaceId() != null
            ? command.networkInterfaceId()
            : onlyInterfaceOf(caller, command.instanceId());
    Errors.wellFormed(IdKind.ENI, eniId);
    List<Target> targets =
        jdbc.sql(
                """
                SELECT ni.id, ni.vpc_id, host(a.address) FROM network_interface ni
                JOIN network_interface_address a ON a.eni_id = ni.id
                WHERE ni.id = :eni AND ni.account_id = :account
                ORDER BY a.is_primary DESC FOR NO KEY UPDATE OF ni
                """)
            .param("eni", eniId)
            .param("account", caller.accountId())
            .query((row, n) -> new Target(row.getString(1), row.getString(2), row.getString(3)))
            .list();
    if (targets.isEmpty()) {
      throw Errors.notFound(IdKind.ENI, eniId);
    }
    if (command.privateAddress() == null) {
      return targets.getFirst();
    }
    return targets.stream()
        .filter(t -> t.privateAddress().equals(command.privateAddress()))
        .findFirst()
        .orElseThrow(
            () ->
                Errors.invalidValue(
                    "privateIpAddress",
                    command.privateAddress(),
                    "The interface %s has no such private address.".formatted(eniId)));
  }

  private String onlyInterfaceOf(Caller caller, String instanceId) {
    Errors.wellFormed(IdKind.INSTANCE, instanceId);
    List<String> enis =
        jdbc.sql(
                """
                SELECT id FROM network_interface
                WHERE instance_id = :instance AND account_id = :account
                """)
            .param("instance", instanceId)
            .param("account", caller.accountId())
            .query(String.class)
            .list();
    if (enis.isEmpty()) {
      throw Errors.notFound(IdKind.INSTANCE, instanceId);
    }
    if (enis.size() > 1) {
      throw new CloudException(
          ErrorCode.INVALID_INSTANCE_ID,
          "There are multiple interfaces attached to instance '%s'. Please specify an interface ID"
              .formatted(instanceId));
    }
    return enis.getFirst();
  }

  private void requireGateway(Target target) {
    if (jdbc.sql("SELECT 1 FROM internet_gateway WHERE vpc_id = :vpc")
        .param("vpc", target.vpcId())
        .query(Integer.class)
        .optional()
        .isEmpty()) {
      throw new CloudException(
          ErrorCode.GATEWAY_NOT_ATTACHED,
          "Network %s is not attached to any internet gateway. Attach one first."
              .formatted(target.vpcId()));
    }
  }

  /**
   * Ends an address's way to an interface.
   *
   * @throws CloudException InvalidAssociationID.NotFound, InvalidAddress.NotFound
   */
  @Transactional
  void disassociate(Caller caller, String associationId, String publicIp) {
    PublicAddress address;
    if (associationId != null) {
      Errors.wellFormed(IdKind.ADDRESS_ASSOCIATION, associationId);
      address =
          rows.findByAssociationIdAndAccountId(associationId, caller.accountId())
              .flatMap(this::locked)
              .filter(a -> associationId.equals(a.associationId()))
              .orElseThrow(() -> Errors.notFound(IdKind.ADDRESS_ASSOCIATION, associationId));
    } else {
      address = lockedFind(caller, null, publicIp);
      if (address.eniId() == null) {
        throw new CloudException(
            ErrorCode.INVALID_ASSOCIATION_ID_NOT_FOUND,
            "The address '%s' is not associated.".formatted(publicIp));
      }
    }
    List<String> concerned = List.of(address.eniId());
    address.disassociate();
    hosts.wakeOfInterfaces(concerned);
  }

  /**
   * Gives an address back to the range.
   *
   * @throws CloudException InvalidIPAddress.InUse while it is associated, and NotFound codes
   */
  @Transactional
  void release(Caller caller, String allocationId, String publicIp) {
    PublicAddress address = lockedFind(caller, allocationId, publicIp);
    if (address.eniId() != null) {
      throw new CloudException(
          ErrorCode.INVALID_IP_ADDRESS_IN_USE,
          "Address %s is in use. Disassociate it first.".formatted(address.address()));
    }
    rows.delete(address);
    entities.flush();
    tags.forget(List.of(address.allocationId()));
  }

  /** As {@link #find}, held until the end of the transaction and read as it is now. */
  private PublicAddress lockedFind(Caller caller, String allocationId, String publicIp) {
    PublicAddress found = find(caller, allocationId, publicIp);
    return locked(found)
        .orElseThrow(() -> Errors.notFound(IdKind.ALLOCATION, found.allocationId()));
  }

  /**
   * An elastic address of the caller's.
   *
   * @throws CloudException InvalidAllocationID.NotFound, InvalidAddress.NotFound, MissingParameter
   */
  private PublicAddress find(Caller caller, String allocationId, String publicIp) {
    if (allocationId != null) {
      Errors.wellFormed(IdKind.ALLOCATION, allocationId);
      return rows.findByAllocationIdAndAccountId(allocationId, caller.accountId())
          .orElseThrow(() -> Errors.notFound(IdKind.ALLOCATION, allocationId));
    }
    if (publicIp == null) {
      throw Errors.missing("allocationId");
    }
    String dotted = Cidr4.dotted(number(publicIp));
    return rows.findByAddressAndAccountIdAndAllocationIdNotNull(dotted, caller.accountId())
        .orElseThrow(
            () ->
                new CloudException(
                    ErrorCode.INVALID_ADDRESS_NOT_FOUND,
                    "Address '%s' not found.".formatted(publicIp)));
  }

  private static long number(String address) {
    return Cidr4.parseAddress(address)
        .orElseThrow(
            () ->
                Errors.invalidValue(
                    "publicIp", address, "Expecting an IPv4 address such as 198.18.0.5."));
  }
}
