package io.hanok.control.volume;

import java.util.Collection;
import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;

/** Rows of {@link VolumeAttachment}. */
interface VolumeAttachmentRepository extends JpaRepository<VolumeAttachment, String> {
  List<VolumeAttachment> findByInstanceIdInOrderByDevice(Collection<String> instanceIds);

  List<VolumeAttachment> findByVolumeIdIn(Collection<String> volumeIds);
}
