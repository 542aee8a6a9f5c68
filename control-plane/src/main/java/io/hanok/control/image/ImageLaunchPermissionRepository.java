package io.hanok.control.image;

import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

/** Rows of {@link ImageLaunchPermission}. */
interface ImageLaunchPermissionRepository
    extends JpaRepository<ImageLaunchPermission, ImageLaunchPermission.PermissionId> {
  List<ImageLaunchPermission> findByImageIdOrderByAccountId(String imageId);
}
