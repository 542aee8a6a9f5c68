package io.hanok.agent.runtime;

import io.hanok.agent.api.ResourceStatus;
import java.time.Duration;

/** How far a call of {@link Converger#converge} came: a value, never an exception. */
public sealed interface Step {
  /** What is there now; null if it is not known. */
  ResourceStatus status();

  /** The host is as the document asks. */
  record Settled(ResourceStatus status) implements Step {}

  /**
   * Not yet; call again.
   *
   * @param after when to look again if nothing wakes it before
   * @param waitingFor what it waits for, in words for the operator
   */
  record Again(ResourceStatus status, Duration after, String waitingFor) implements Step {}
}
