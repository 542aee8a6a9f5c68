package io.hanok.control.network;

import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.jpa.repository.Query;

/** Rows of {@link Vpc}. */
interface VpcRepository extends JpaRepository<Vpc, String>, JpaSpecificationExecutor<Vpc> {
  Optional<Vpc> findByIdAndAccountId(String id, String accountId);

  @Query("from Vpc where accountId = :accountId and isDefault")
  Optional<Vpc> defaultOf(String accountId);

  @Query("from Vpc where isDefault order by id")
  List<Vpc> allDefault();
}
