package io.hanok.control.securitygroup;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link SecurityGroup}. */
interface SecurityGroupRepository
    extends JpaRepository<SecurityGroup, String>, JpaSpecificationExecutor<SecurityGroup> {
  Optional<SecurityGroup> findByIdAndAccountId(String id, String accountId);

  Optional<SecurityGroup> findByVpcIdAndName(String vpcId, String name);

  List<SecurityGroup> findByIdInAndAccountId(Collection<String> ids, String accountId);

  List<SecurityGroup> findByVpcIdAndNameIn(String vpcId, Collection<String> names);
}
