package io.hanok.control.address;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link PublicAddress}. */
interface PublicAddressRepository
    extends JpaRepository<PublicAddress, String>, JpaSpecificationExecutor<PublicAddress> {
  List<PublicAddress> findByEniIdIn(Collection<String> eniIds);

  Optional<PublicAddress> findByEniIdAndPrivateAddress(String eniId, String privateAddress);

  Optional<PublicAddress> findByAddressAndAccountIdAndAllocationIdNotNull(
      String address, String accountId);

  Optional<PublicAddress> findByAllocationIdAndAccountId(String allocationId, String accountId);

  Optional<PublicAddress> findByAssociationIdAndAccountId(String associationId, String accountId);
}
