package io.hanok.control.network;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link InternetGateway}. */
interface InternetGatewayRepository
    extends JpaRepository<InternetGateway, String>, JpaSpecificationExecutor<InternetGateway> {}
