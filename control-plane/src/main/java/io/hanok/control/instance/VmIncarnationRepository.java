package io.hanok.control.instance;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;

/** Rows of {@link VmIncarnation}. */
interface VmIncarnationRepository extends JpaRepository<VmIncarnation, String> {
  /** The living incarnation of an instance, if there is one. */
  Optional<VmIncarnation> findByInstanceIdAndEndedAtIsNull(String instanceId);

  List<VmIncarnation> findByInstanceIdInAndEndedAtIsNull(Collection<String> instanceIds);
}
