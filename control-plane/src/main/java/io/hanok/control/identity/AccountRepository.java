package io.hanok.control.identity;

import org.springframework.data.jpa.repository.JpaRepository;

/** Rows of {@link Account}. */
interface AccountRepository extends JpaRepository<Account, String> {}
