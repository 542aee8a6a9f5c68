package io.hanok.control.network;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link NetworkInterface}. */
interface NetworkInterfaceRepository
    extends JpaRepository<NetworkInterface, String>, JpaSpecificationExecutor<NetworkInterface> {
  Optional<NetworkInterface> findByIdAndAccountId(String id, String accountId);

  List<NetworkInterface> findByInstanceIdInOrderByInstanceIdAscDeviceIndexAsc(
      Collection<String> instanceIds);

  List<NetworkInterface> findByInstanceIdAndAccountIdOrderByDeviceIndex(
      String instanceId, String accountId);
}
