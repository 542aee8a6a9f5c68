package io.hanok.control.network;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link DhcpOptions}. */
interface DhcpOptionsRepository
    extends JpaRepository<DhcpOptions, String>, JpaSpecificationExecutor<DhcpOptions> {}
