package io.hanok.control.shared;

import io.hanok.agent.api.id.IdKind;
import java.util.random.RandomGenerator;
import org.springframework.stereotype.Component;

/** Draws new resource ids. */
@Component
public class Ids {
  private final RandomGenerator random;

  public Ids(RandomGenerator random) {
    this.random = random;
  }

  /** A new id of a kind. */
  public String next(IdKind kind) {
    return kind.draw(random);
  }
}
