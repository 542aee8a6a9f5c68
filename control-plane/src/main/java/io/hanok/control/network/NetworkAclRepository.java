package io.hanok.control.network;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link NetworkAcl}. */
interface NetworkAclRepository
    extends JpaRepository<NetworkAcl, String>, JpaSpecificationExecutor<NetworkAcl> {}
