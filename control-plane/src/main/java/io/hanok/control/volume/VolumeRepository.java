package io.hanok.control.volume;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link Volume}. */
interface VolumeRepository
    extends JpaRepository<Volume, String>, JpaSpecificationExecutor<Volume> {}
