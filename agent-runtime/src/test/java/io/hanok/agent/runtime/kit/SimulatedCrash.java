package io.hanok.agent.runtime.kit;

/**
 * The agent's process dies here, as far as the code under test can tell: an error, so that nothing
 * that handles exceptions gets to handle it.
 */
public final class SimulatedCrash extends Error {
  private static final long serialVersionUID = 1L;

  SimulatedCrash(String effect) {
    super("the agent crashed after: " + effect, null, false, false);
  }
}
