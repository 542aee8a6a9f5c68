package io.hanok.control.image;

import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link Image}. */
interface ImageRepository extends JpaRepository<Image, String>, JpaSpecificationExecutor<Image> {}
