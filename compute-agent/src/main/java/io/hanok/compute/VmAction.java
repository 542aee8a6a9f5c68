package io.hanok.compute;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.runtime.Step;

/** What {@link VmPlan} wants done next for a vm; the executor has no choices left. */
sealed interface VmAction {

  /** Write these facts, then look again. */
  record Remember(VmFacts facts) implements VmAction {}

  /** Do this, then write these facts (if they differ), then look again. */
  record Perform(Effect effect, VmFacts then) implements VmAction {}

  /** It is as far as it can come now. */
  record Report(Step step) implements VmAction {}

  /** The document cannot be carried out. */
  record Refuse(AgentFault.Code code, String message) implements VmAction {}

  /** One change to the host. */
  enum Effect {
    /** Define from the current spec and start with processors paused. */
    START,
    RESUME,
    SUSPEND,
    REQUEST_POWER_OFF,
    REQUEST_REBOOT,
    RESET,
    DESTROY,
    /** Undefine, and delete the console log and the facts. */
    REMOVE
  }
}
