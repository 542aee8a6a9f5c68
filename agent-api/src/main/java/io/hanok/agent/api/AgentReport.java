package io.hanok.agent.api;

import io.hanok.agent.api.id.HostId;
import java.time.Instant;
import java.util.List;

/**
 * All that an agent sees, sent whenever something changed and as a heartbeat.
 *
 * @param startedAt when this run of the agent began, in whole microseconds; with the sequence it
 *     orders reports, so each run's is later than every earlier run's on that host, even where the
 *     host's clock was set back
 * @param sequence counts the reports of this run from 1
 * @param version the agent's version
 * @param observations one for each document of the ledger, tombstones included
 * @param inventory everything of ours that is on the host
 */
public record AgentReport(
    HostId hostId,
    AgentName agent,
    Instant startedAt,
    long sequence,
    String version,
    HostFacts facts,
    List<Observation> observations,
    List<HostObject> inventory) {
  public AgentReport {
    observations = List.copyOf(observations);
    inventory = List.copyOf(inventory);
  }
}
