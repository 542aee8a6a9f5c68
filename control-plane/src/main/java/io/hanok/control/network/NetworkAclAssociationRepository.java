package io.hanok.control.network;

import java.util.Collection;
import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

/** Rows of {@link NetworkAclAssociation}. */
interface NetworkAclAssociationRepository extends JpaRepository<NetworkAclAssociation, String> {
  List<NetworkAclAssociation> findByNetworkAclIdInOrderById(Collection<String> networkAclIds);
}
