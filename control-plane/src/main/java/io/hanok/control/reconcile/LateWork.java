package io.hanok.control.reconcile;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Complains of work past its deadline, once for each item, so that stuck is a thing one can see.
 */
@Component
@EnableScheduling
public class LateWork {
  private static final Logger LOG = LoggerFactory.getLogger(LateWork.class);

  private final WorkQueue queue;
  private Set<String> known = Set.of();

  public LateWork(WorkQueue queue) {
    this.queue = queue;
  }

  @Scheduled(fixedDelay = 10_000)
  void complain() {
    List<String> late = queue.late();
    for (String item : late) {
      if (!known.contains(item)) {
        LOG.warn("past its deadline: {}", item);
      }
    }
    known = new HashSet<>(late);
  }
}
