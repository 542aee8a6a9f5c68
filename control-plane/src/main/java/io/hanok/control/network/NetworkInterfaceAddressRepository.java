package io.hanok.control.network;

import java.util.Collection;
import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.Query;

/** Rows of {@link NetworkInterfaceAddress}. */
interface NetworkInterfaceAddressRepository
    extends JpaRepository<NetworkInterfaceAddress, NetworkInterfaceAddress.AddressId> {
  @Query(
      "from NetworkInterfaceAddress where eniId in :eniIds order by eniId, isPrimary desc, address")
  List<NetworkInterfaceAddress> ofInterfaces(Collection<String> eniIds);
}
