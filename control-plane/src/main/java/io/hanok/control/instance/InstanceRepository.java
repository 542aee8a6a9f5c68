package io.hanok.control.instance;

import jakarta.persistence.LockModeType;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

/** Rows of {@link Instance}. */
interface InstanceRepository
    extends JpaRepository<Instance, String>, JpaSpecificationExecutor<Instance> {
  /** The named instances of an account, locked in the order of their ids. */
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("SELECT i FROM Instance i WHERE i.accountId = :account AND i.id IN :ids ORDER BY i.id")
  List<Instance> lockAll(String account, Collection<String> ids);

  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("SELECT i FROM Instance i WHERE i.id = :id")
  Optional<Instance> lock(String id);

  List<Instance> findByReservationIdOrderByLaunchIndex(String reservationId);
}
