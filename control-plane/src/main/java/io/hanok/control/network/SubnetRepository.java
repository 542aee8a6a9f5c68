package io.hanok.control.network;

import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.jpa.repository.Query;

/** Rows of {@link Subnet}. */
interface SubnetRepository extends JpaRepository<Subnet, String>, JpaSpecificationExecutor<Subnet> {
  Optional<Subnet> findByIdAndAccountId(String id, String accountId);

  @Query("from Subnet where vpcId = :vpcId and isDefault order by zone")
  List<Subnet> defaultOf(String vpcId);

  List<Subnet> findByVpcId(String vpcId);
}
