package io.hanok.control.securitygroup;

import java.util.Collection;
import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link SecurityGroupRule}. */
interface SecurityGroupRuleRepository
    extends JpaRepository<SecurityGroupRule, String>, JpaSpecificationExecutor<SecurityGroupRule> {
  List<SecurityGroupRule> findByGroupIdInOrderById(Collection<String> groupIds);

  List<SecurityGroupRule> findByGroupIdAndEgressOrderById(String groupId, boolean egress);
}
