package io.hanok.agent.runtime;

import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostFacts;
import io.hanok.agent.api.HostObject;
import java.util.List;

/**
 * Brings one kind of thing on the host to its desired document: the part of an agent that the
 * runtime does not share.
 *
 * <p>The runtime calls {@link #converge} for one key at a time (never twice at once for the same
 * key), when a document changes, when {@link Wakeups} says so, when the last {@link Step} asks for
 * it, and every so often to repair drift. A converger keeps no state that it could not read back
 * from the host: after a restart it adopts what runs.
 */
public interface Converger {
  /** The kinds of documents that it keeps. */
  List<DocumentKind> kinds();

  /**
   * Looks at the host, does what brings it nearer to the document, and says how far it came.
   *
   * @throws AgentException if the host refused; the runtime reports the fault and, if it is of a
   *     kind that may pass, tries again with back-off
   */
  Step converge(DesiredDocument desired) throws InterruptedException;

  /** Everything of ours on the host; {@code documented} is filled in by the runtime. */
  List<HostObject> inventory();

  /** What this agent knows of its host. */
  default HostFacts facts() {
    return HostFacts.NONE;
  }
}
