package io.hanok.control.identity;

import org.springframework.data.jpa.repository.JpaRepository;

/** Rows of {@link AccessKey}. */
interface AccessKeyRepository extends JpaRepository<AccessKey, String> {
  boolean existsByIdAndActiveTrue(String id);

  boolean existsByAccountIdAndActiveTrue(String accountId);
}
