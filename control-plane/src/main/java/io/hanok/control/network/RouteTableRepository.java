package io.hanok.control.network;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link RouteTable}. */
interface RouteTableRepository
    extends JpaRepository<RouteTable, String>, JpaSpecificationExecutor<RouteTable> {}
