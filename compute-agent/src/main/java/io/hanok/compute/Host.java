package io.hanok.compute;

import io.hanok.agent.api.HostFacts;

/** What the host says of itself. */
interface Host {
  /** Id of the current boot. */
  String boot();

  /** Whether it is about to stop, and its guests with it. */
  HostStop.Answer stopping();

  /** Processors, memory and hypervisor, for reports. */
  HostFacts facts();
}
