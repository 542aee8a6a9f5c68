package io.hanok.control.volume;

import jakarta.persistence.LockModeType;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;
import org.springframework.data.jpa.repository.Lock;
import org.springframework.data.jpa.repository.Query;

/** Rows of {@link Volume}. */
interface VolumeRepository extends JpaRepository<Volume, String>, JpaSpecificationExecutor<Volume> {
  @Lock(LockModeType.PESSIMISTIC_WRITE)
  @Query("SELECT v FROM Volume v WHERE v.id = :id")
  Optional<Volume> lock(String id);
}
