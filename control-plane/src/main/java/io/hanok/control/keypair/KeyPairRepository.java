package io.hanok.control.keypair;

import java.util.Optional;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link KeyPair}. */
interface KeyPairRepository
    extends JpaRepository<KeyPair, String>, JpaSpecificationExecutor<KeyPair> {
  Optional<KeyPair> findByAccountIdAndName(String accountId, String name);

  Optional<KeyPair> findByAccountIdAndId(String accountId, String id);
}
