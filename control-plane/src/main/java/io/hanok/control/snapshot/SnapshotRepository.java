package io.hanok.control.snapshot;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link Snapshot}. */
interface SnapshotRepository
    extends JpaRepository<Snapshot, String>, JpaSpecificationExecutor<Snapshot> {}
