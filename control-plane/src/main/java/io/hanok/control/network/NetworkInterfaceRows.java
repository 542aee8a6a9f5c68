package io.hanok.control.network;

import io.hanok.agent.api.TapName;
import io.hanok.agent.api.id.EniId;
import io.hanok.agent.api.id.IdKind;
import io.hanok.control.shared.Cidr4;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.Ids;
import java.util.Collection;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Draws what an interface must have for itself, and reserves it by constraint. */
@Component
class NetworkInterfaceRows {
  private static final int DRAWS = 16;

  private final JdbcClient jdbc;
  private final Ids ids;
  private final RandomGenerator random;

  NetworkInterfaceRows(JdbcClient jdbc, Ids ids, RandomGenerator random) {
    this.jdbc = jdbc;
    this.ids = ids;
    this.random = random;
  }

  /** An id whose tap's name no other interface has. */
  String freeId() {
    for (int i = 0; i < DRAWS; i++) {
      String id = ids.next(IdKind.ENI);
      String digits = TapName.of(new EniId(id)).substring(TapName.PREFIX.length());
      if (jdbc.sql("SELECT 1 FROM network_interface WHERE right(id, 14) = :digits")
          .param("digits", digits)
          .query(Integer.class)
          .optional()
          .isEmpty()) {
        return id;
      }
    }
    throw new IllegalStateException("every drawn interface id is taken");
  }

  /** A locally administered MAC; the constraint on (VPC, MAC) catches the one in a trillion. */
  String newMac() {
    return "0a:%02x:%02x:%02x:%02x:%02x"
        .formatted(
            random.nextInt(256),
            random.nextInt(256),
            random.nextInt(256),
            random.nextInt(256),
            random.nextInt(256));
  }

  /**
   * Reserves an interface's primary private address.
   *
   * @param wanted the address, or null for a free one
   * @throws CloudException InvalidParameterValue if the wanted one is not the subnet's to give,
   *     InvalidIPAddress.InUse if it is taken, InsufficientFreeAddressesInSubnet if all are
   */
  String reserveAddress(Subnet subnet, String eniId, String wanted) {
    Cidr4 range = Cidr4.of(subnet.cidr());
    if (wanted != null) {
      String address = Cidr4.dotted(checked(range, wanted));
      if (!insert(subnet, eniId, address)) {
        throw new CloudException(
            ErrorCode.INVALID_IP_ADDRESS_IN_USE, "Address %s is in use.".formatted(address));
      }
      return address;
    }
    for (int i = 0; i < DRAWS; i++) {
      String address = Cidr4.dotted(random.nextLong(range.firstUsable(), range.lastUsable() + 1));
      if (insert(subnet, eniId, address)) {
        return address;
      }
    }
    // The subnet is nearly full: look for what is left.
    for (int i = 0; i < DRAWS; i++) {
      Optional<String> free = anyFree(subnet, range);
      if (free.isEmpty()) {
        break;
      }
      if (insert(subnet, eniId, free.get())) {
        return free.get();
      }
    }
    throw new CloudException(
        ErrorCode.INSUFFICIENT_FREE_ADDRESSES,
        "There are not enough free addresses in subnet '%s' to satisfy the request."
            .formatted(subnet.id()));
  }

  private static long checked(Cidr4 range, String wanted) {
    long address =
        Cidr4.parseAddress(wanted)
            .orElseThrow(
                () ->
                    Errors.invalidValue(
                        "privateIpAddress", wanted, "Expecting an IPv4 address such as 10.0.0.5."));
    if (!range.contains(address)) {
      throw new CloudException(
          ErrorCode.INVALID_PARAMETER_VALUE,
          "Address %s does not fall within the subnet's address range %s."
              .formatted(wanted, range));
    }
    if (address < range.firstUsable() || address > range.lastUsable()) {
      throw new CloudException(
          ErrorCode.INVALID_PARAMETER_VALUE,
          ("Address %s is in subnet's reserved address range:"
                  + " the first four addresses and the last are nobody's to have.")
              .formatted(wanted));
    }
    return address;
  }

  private boolean insert(Subnet subnet, String eniId, String address) {
    return jdbc.sql(
                """
                INSERT INTO network_interface_address (vpc_id, address, eni_id, is_primary)
                VALUES (:vpc, :address::inet, :eni, true) ON CONFLICT (vpc_id, address) DO NOTHING
                """)
            .param("vpc", subnet.vpcId())
            .param("address", address)
            .param("eni", eniId)
            .update()
        == 1;
  }

  private Optional<String> anyFree(Subnet subnet, Cidr4 range) {
    return jdbc.sql(
            """
            SELECT host(:first::inet + n) FROM generate_series(0, :count::bigint) AS n
            WHERE NOT EXISTS (SELECT 1 FROM network_interface_address
              WHERE vpc_id = :vpc AND address = :first::inet + n)
            ORDER BY random() LIMIT 1
            """)
        .param("first", Cidr4.dotted(range.firstUsable()))
        .param("count", range.lastUsable() - range.firstUsable())
        .param("vpc", subnet.vpcId())
        .query(String.class)
        .optional();
  }

  /**
   * Holds an account's interface until the end of the transaction; whoever changes an interface or
   * what leads to it does so first, then holds public addresses.
   *
   * @return whether there is one
   */
  boolean lock(String accountId, String eniId) {
    return jdbc.sql(
            """
            SELECT 1 FROM network_interface WHERE id = :eni AND account_id = :account
            FOR NO KEY UPDATE
            """)
        .param("eni", eniId)
        .param("account", accountId)
        .query(Integer.class)
        .optional()
        .isPresent();
  }

  /** Holds the interfaces of an instance, in the order of their ids. */
  void lockOfInstance(String instanceId) {
    jdbc.sql(
            """
            SELECT 1 FROM network_interface WHERE instance_id = :instance
            ORDER BY id FOR NO KEY UPDATE
            """)
        .param("instance", instanceId)
        .query(Integer.class)
        .list();
  }

  /** Puts an interface into exactly these groups. */
  void setGroups(String eniId, Collection<String> groupIds) {
    jdbc.sql("DELETE FROM network_interface_group WHERE eni_id = :eni")
        .param("eni", eniId)
        .update();
    for (String group : groupIds) {
      jdbc.sql("INSERT INTO network_interface_group (eni_id, group_id) VALUES (:eni, :group)")
          .param("eni", eniId)
          .param("group", group)
          .update();
    }
  }
}
