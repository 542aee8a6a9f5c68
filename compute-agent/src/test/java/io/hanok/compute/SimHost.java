package io.hanok.compute;

import io.hanok.agent.api.HostFacts;

/** A host that says what a test wants. */
final class SimHost implements Host {
  private final String boot;
  HostStop.Answer stopping = HostStop.Answer.RUNS;

  SimHost(String boot) {
    this.boot = boot;
  }

  @Override
  public String boot() {
    return boot;
  }

  @Override
  public HostStop.Answer stopping() {
    return stopping;
  }

  @Override
  public HostFacts facts() {
    return HostFacts.NONE;
  }
}
