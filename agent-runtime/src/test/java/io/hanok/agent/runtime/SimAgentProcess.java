package io.hanok.agent.runtime;

/** The simulated agent as a process of its own. */
final class SimAgentProcess {
  private SimAgentProcess() {}

  public static void main(String[] arguments) {
    AgentMain.run(new SimAgent(), arguments);
  }
}
