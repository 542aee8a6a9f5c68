package io.hanok.control.instancetype;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link InstanceType}. */
interface InstanceTypeRepository
    extends JpaRepository<InstanceType, String>, JpaSpecificationExecutor<InstanceType> {}
