package io.hanok.control.tag;

import java.util.Collection;
import java.util.List;
import org.springframework.data.jpa.repository.JpaRepository;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Rows of {@link Tag}. */
public interface TagRepository
    extends JpaRepository<Tag, Tag.TagId>, JpaSpecificationExecutor<Tag> {
  List<Tag> findByResourceIdInOrderByKey(Collection<String> resourceIds);

  void deleteByResourceIdIn(Collection<String> resourceIds);
}
