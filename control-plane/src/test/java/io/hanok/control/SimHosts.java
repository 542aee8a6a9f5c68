package io.hanok.control;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DesiredPower;
import io.hanok.agent.api.HostFacts;
import io.hanok.agent.api.HostNetworkSpec;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.Observation;
import io.hanok.agent.api.Refusal;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.ResourceStatus.ObservedPower;
import io.hanok.agent.api.ResourceStatus.OffReason;
import io.hanok.agent.api.VmSpec;
import io.hanok.agent.api.VolumeSpec;
import io.hanok.agent.api.id.HostId;
import io.hanok.agent.api.id.IdKind;
import io.hanok.control.agentclient.AgentClient;
import io.hanok.control.host.HostReports;
import io.hanok.control.host.ZoneAppeared;
import io.hanok.control.reconcile.ReconcileEngine;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.annotation.Primary;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Simulated hosts: their agents take documents as the real ones do (older generations refused), do
 * what they ask when told to, and report. A guest can shut itself down, crash, or ignore a
 * shutdown.
 */
@Component
@Primary
public class SimHosts implements AgentClient {
  private static final Instant STARTED = Instant.parse("2026-01-01T00:00:00Z");

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final ApplicationEventPublisher events;
  private final ObjectProvider<HostReports> reports;
  private final ObjectProvider<ReconcileEngine> engine;
  private final Map<String, Host> hosts = new LinkedHashMap<>();
  private boolean unreachable;

  SimHosts(
      JdbcClient jdbc,
      TransactionTemplate transactions,
      ApplicationEventPublisher events,
      ObjectProvider<HostReports> reports,
      ObjectProvider<ReconcileEngine> engine) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.events = events;
    this.reports = reports;
    this.engine = engine;
  }

  /** One simulated host. */
  private static final class Host {
    final Map<String, DesiredDocument> documents = new LinkedHashMap<>();
    final Map<String, Long> workedOn = new HashMap<>();
    final Map<String, ResourceStatus> status = new HashMap<>();
    final EnumMap<AgentName, Long> sequence = new EnumMap<>(AgentName.class);
  }

  /** Adds a host with 4 processors and 16 GiB, and its zone. */
  public String addHost(String name, String zone) {
    String id = IdKind.HOST.draw(new Random(name.hashCode()));
    transactions.executeWithoutResult(
        status -> {
          boolean fresh =
              jdbc.sql("INSERT INTO zone (name) VALUES (:z) ON CONFLICT DO NOTHING")
                      .param("z", zone)
                      .update()
                  == 1;
          jdbc.sql("INSERT INTO host (id, name, zone) VALUES (:id, :name, :zone)")
              .param("id", id)
              .param("name", name)
              .param("zone", zone)
              .update();
          for (AgentName agent : AgentName.values()) {
            jdbc.sql("INSERT INTO agent (host_id, name, address) VALUES (:h, :n, '127.0.0.1:1')")
                .param("h", id)
                .param("n", agent.text())
                .update();
          }
          if (fresh) {
            events.publishEvent(new ZoneAppeared(zone));
          }
        });
    hosts.put(id, new Host());
    report();
    return id;
  }

  /** Whether the hosts can be reached from now on. */
  public void reachable(boolean yes) {
    unreachable = !yes;
  }

  @Override
  public synchronized Answer put(String hostId, DesiredDocument document) {
    Host host = hosts.get(hostId);
    if (unreachable || host == null) {
      return new Answer.Unreachable("cut off");
    }
    String id = id(document);
    DesiredDocument held = host.documents.get(id);
    if (held != null && held.generation() > document.generation()) {
      return new Answer.Refused(new Refusal(Refusal.Code.STALE_GENERATION, "stale"));
    }
    if (held != null && held.generation() == document.generation() && !held.equals(document)) {
      return new Answer.Refused(new Refusal(Refusal.Code.CONFLICTING_CONTENT, "conflict"));
    }
    host.documents.put(id, document);
    return new Answer.Accepted(new byte[0]);
  }

  @Override
  public Answer get(String hostId, AgentName agent, String path) {
    return new Answer.Accepted(path.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  /** Has every agent do what its documents ask. */
  public synchronized void work() {
    hosts.values().forEach(host -> host.documents.values().forEach(d -> work(host, d)));
  }

  private static void work(Host host, DesiredDocument d) {
    String id = id(d);
    boolean again = Long.valueOf(d.generation()).equals(host.workedOn.get(id));
    host.workedOn.put(id, d.generation());
    ResourceStatus now =
        switch (d.spec()) {
          case null -> new ResourceStatus.Absent();
          case VolumeSpec v ->
              new ResourceStatus.Volume("/pool/" + v.volumeId() + ".raw", v.sizeBytes());
          case ImageSpec i ->
              new ResourceStatus.Image(true, 100, "ab".repeat(32), "qcow2", 64 << 20);
          case VmSpec v -> {
            ObservedPower power =
                v.power() == DesiredPower.OFF ? ObservedPower.OFF : ObservedPower.RUNNING;
            // A guest that is off by itself stays off until a new document says otherwise.
            yield again && host.status.get(id) instanceof ResourceStatus.Vm
                ? host.status.get(id)
                : new ResourceStatus.Vm(
                    power, power == ObservedPower.OFF ? OffReason.REQUESTED : null, STARTED);
          }
          case HostNetworkSpec n ->
              new ResourceStatus.HostNetwork(
                  n.vpcs().stream()
                      .flatMap(v -> v.interfaces().stream())
                      .map(i -> new ResourceStatus.Nic(i.eniId(), i.vmId(), true, STARTED))
                      .toList());
        };
    host.status.put(id, now);
  }

  /** A guest goes off by itself. */
  public synchronized void goOff(String vmId, OffReason reason) {
    for (Host host : hosts.values()) {
      host.status.computeIfPresent(
          "vm/" + vmId, (k, v) -> new ResourceStatus.Vm(ObservedPower.OFF, reason, STARTED));
    }
  }

  /** Has every agent report. */
  public synchronized void report() {
    hosts.forEach(
        (id, host) -> {
          for (AgentName agent : AgentName.values()) {
            reports.getObject().accept(report(id, host, agent));
          }
        });
  }

  private static AgentReport report(String id, Host host, AgentName agent) {
    List<Observation> seen = new ArrayList<>();
    host.documents.forEach(
        (key, d) -> {
          if (d.kind().agent() == agent) {
            long worked = host.workedOn.getOrDefault(key, 0L);
            seen.add(
                new Observation(
                    d.kind(),
                    d.key(),
                    worked,
                    worked == d.generation(),
                    host.status.get(key),
                    null));
          }
        });
    HostFacts facts =
        switch (agent) {
          case COMPUTE -> new HostFacts(4, 16384, "qemu", "sim", null);
          case STORAGE ->
              new HostFacts(
                  null,
                  null,
                  null,
                  null,
                  List.of(new HostFacts.Pool("default", "sim", 100L << 30, 90L << 30)));
          case NETWORK -> HostFacts.NONE;
        };
    return new AgentReport(
        new HostId(id),
        agent,
        STARTED,
        host.sequence.merge(agent, 1L, Long::sum),
        "test",
        facts,
        seen,
        List.of());
  }

  /** The present documents of a host, by kind and key. */
  public synchronized Map<String, DesiredDocument> documents(String hostId) {
    Map<String, DesiredDocument> present = new LinkedHashMap<>();
    hosts
        .get(hostId)
        .documents
        .forEach(
            (k, d) -> {
              if (d.present()) {
                present.put(k, d);
              }
            });
    return present;
  }

  /** Lets everything run until nothing changes any more: due work, agents, reports. */
  public void settle() {
    for (int round = 0; round < 60; round++) {
      int ran = 0;
      int now;
      do {
        now = engine.getObject().runDue();
        ran += now;
      } while (now > 0);
      work();
      report();
      // Back-off is for a world in which time passes.
      jdbc.sql("UPDATE work_item SET due_at = now() WHERE last_error IS NOT NULL").update();
      if (ran == 0 && due() == 0) {
        return;
      }
    }
    throw new AssertionError(
        "not settled: "
            + jdbc.sql(
                    "SELECT kind || ' ' || key || ' ' || coalesce(last_error, waiting_for, '')"
                        + " FROM work_item")
                .query(String.class)
                .list());
  }

  private long due() {
    return jdbc.sql("SELECT count(*) FROM work_item WHERE due_at <= now()")
        .query(Long.class)
        .single();
  }

  private static String id(DesiredDocument d) {
    return d.kind().text() + "/" + d.key();
  }
}
