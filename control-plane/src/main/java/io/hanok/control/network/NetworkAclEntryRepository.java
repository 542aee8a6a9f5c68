package io.hanok.control.network;

import java.util.Collection;
import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

/** Rows of {@link NetworkAclEntry}. */
interface NetworkAclEntryRepository extends JpaRepository<NetworkAclEntry, NetworkAclEntry.Key> {
  List<NetworkAclEntry> findByNetworkAclIdInOrderByEgressDescRuleNumberAsc(
      Collection<String> networkAclIds);
}
