package io.hanok.control.address;

import io.hanok.control.shared.Cidr4;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.HanokProperties;
import jakarta.persistence.EntityManager;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/**
 * Draws public addresses from the region's range and gives interfaces their automatic ones.
 *
 * <p>An address is reserved by inserting its row: two callers that draw the same one meet at the
 * primary key, and the later draws again.
 */
@Service
public class PublicAddresses {
  private static final int BLIND_DRAWS = 16;

  private final PublicAddressRepository addresses;
  private final JdbcClient jdbc;
  private final EntityManager entities;
  private final RandomGenerator random;
  private final Cidr4 range;

  public PublicAddresses(
      PublicAddressRepository addresses,
      JdbcClient jdbc,
      EntityManager entities,
      RandomGenerator random,
      HanokProperties properties) {
    this.addresses = addresses;
    this.jdbc = jdbc;
    this.entities = entities;
    this.random = random;
    this.range =
        Cidr4.parse(properties.publicCidr())
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "hanok.public-cidr is not a range: " + properties.publicCidr()));
  }

  /** The public addresses of some interfaces, elastic and automatic ones. */
  @Transactional(readOnly = true)
  public List<PublicAddress> ofInterfaces(Collection<String> eniIds) {
    return eniIds.isEmpty() ? List.of() : addresses.findByEniIdIn(eniIds);
  }

  /**
   * Gives an interface an automatic address, unless its private address has a public one.
   *
   * @throws CloudException InsufficientAddressCapacity if the range is used up
   */
  @Transactional
  public void giveAutomatic(String accountId, String eniId, String privateAddress) {
    if (addresses.findByEniIdAndPrivateAddress(eniId, privateAddress).isEmpty()) {
      entities.flush();
      reserve(new Row(accountId, null, eniId, privateAddress));
    }
  }

  /** Takes the automatic addresses of some interfaces back. */
  @Transactional
  public void releaseAutomatic(Collection<String> eniIds) {
    addresses.deleteAll(
        ofInterfaces(eniIds).stream().filter(a -> a.allocationId() == null).toList());
    entities.flush();
  }

  /**
   * Ends every use of a public address by some interfaces; elastic ones stay with their account.
   */
  @Transactional
  public void releaseAll(Collection<String> eniIds) {
    entities.flush();
    if (!eniIds.isEmpty()) {
      jdbc.sql(
              """
              SELECT 1 FROM public_address WHERE eni_id IN (:enis)
              ORDER BY address FOR NO KEY UPDATE
              """)
          .param("enis", eniIds)
          .query(Integer.class)
          .list();
      ofInterfaces(eniIds).forEach(entities::refresh);
    }
    releaseAutomatic(eniIds);
    ofInterfaces(eniIds).forEach(PublicAddress::disassociate);
    entities.flush();
  }

  /**
   * Reserves an elastic address.
   *
   * @param wanted the address itself, or null for any free one
   * @return its row, or empty if the wanted address is in use
   * @throws CloudException InsufficientAddressCapacity if the range is used up
   */
  Optional<PublicAddress> allocate(String accountId, String allocationId, String wanted) {
    Row row = new Row(accountId, allocationId, null, null);
    if (wanted == null) {
      return addresses.findById(reserve(row));
    }
    return insert(row, wanted) ? addresses.findById(wanted) : Optional.empty();
  }

  /** Whether an address is one that can be given away. */
  boolean isGivable(long address) {
    return address >= first() && address <= last();
  }

  /** The range in text. */
  String range() {
    return range.toString();
  }

  private record Row(String accountId, String allocationId, String eniId, String privateAddress) {}

  private String reserve(Row row) {
    for (int i = 0; i < BLIND_DRAWS; i++) {
      String address = Cidr4.dotted(random.nextLong(first(), last() + 1));
      if (insert(row, address)) {
        return address;
      }
    }
    // The range is nearly full: look for what is left.
    for (int i = 0; i < BLIND_DRAWS; i++) {
      Optional<String> free = anyFree();
      if (free.isEmpty()) {
        break;
      }
      if (insert(row, free.get())) {
        return free.get();
      }
    }
    throw new CloudException(
        ErrorCode.INSUFFICIENT_ADDRESS_CAPACITY,
        ("The range of public addresses, %s, is used up."
                + " Release addresses, or have the operator widen it.")
            .formatted(range));
  }

  private boolean insert(Row row, String address) {
    return jdbc.sql(
                """
                INSERT INTO public_address (address, account_id, allocation_id, eni_id, private_address)
                VALUES (:address::inet, :account, :allocation, :eni, :private::inet)
                ON CONFLICT (address) DO NOTHING
                """)
            .param("address", address)
            .param("account", row.accountId())
            .param("allocation", row.allocationId())
            .param("eni", row.eniId())
            .param("private", row.privateAddress())
            .update()
        == 1;
  }

  private Optional<String> anyFree() {
    return jdbc.sql(
            """
            SELECT host(:first::inet + n) FROM generate_series(0, :count::bigint) AS n
            WHERE NOT EXISTS (SELECT 1 FROM public_address WHERE address = :first::inet + n)
            ORDER BY random() LIMIT 1
            """)
        .param("first", Cidr4.dotted(first()))
        .param("count", last() - first())
        .query(String.class)
        .optional();
  }

  // The range's own address, its first (a router's) and its last (broadcast) are nobody's.
  private long first() {
    return range.prefix() > 30 ? range.first() : range.first() + 2;
  }

  private long last() {
    return range.prefix() > 30 ? range.last() : range.last() - 1;
  }
}
