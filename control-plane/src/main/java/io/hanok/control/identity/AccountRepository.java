package io.hanok.control.identity;

import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;

/** Rows of {@link Account}. */
interface AccountRepository extends JpaRepository<Account, String> {
  Optional<Account> findFirstByOperatorTrueOrderByCreatedAtAscIdAsc();
}
