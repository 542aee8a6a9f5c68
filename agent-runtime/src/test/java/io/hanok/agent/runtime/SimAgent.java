package io.hanok.agent.runtime;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostFacts;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.Refusal;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.VolumeSpec;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** A storage agent whose volumes are names in a map. */
final class SimAgent implements Agent, Converger {
  final Map<String, Long> volumes = new ConcurrentSkipListMap<>();
  final AtomicInteger inventories = new AtomicInteger();
  final AtomicBoolean stopped = new AtomicBoolean();
  volatile Wakeups wakeups;

  @Override
  public AgentName name() {
    return AgentName.STORAGE;
  }

  @Override
  public Converger start(AgentSettings settings, Wakeups with) {
    with.wakeAll(DocumentKind.VOLUME);
    wakeups = with;
    return this;
  }

  @Override
  public Map<String, Resource> resources() {
    return Map.of(
        "/v1/sizes/",
        id -> {
          Long size = volumes.get(id);
          if (size == null) {
            throw new Refused(Refusal.Code.NOT_FOUND, "there is no volume " + id);
          }
          return new Content("text/plain", size.toString().getBytes(StandardCharsets.UTF_8));
        });
  }

  @Override
  public void stop() {
    stopped.set(true);
  }

  @Override
  public List<DocumentKind> kinds() {
    return List.of(DocumentKind.VOLUME);
  }

  @Override
  public Step converge(DesiredDocument desired) {
    if (desired.spec() instanceof VolumeSpec spec) {
      volumes.put(desired.key(), spec.sizeBytes());
      return new Step.Settled(
          new ResourceStatus.Volume("/pool/" + desired.key(), spec.sizeBytes()));
    }
    volumes.remove(desired.key());
    return new Step.Settled(new ResourceStatus.Absent());
  }

  @Override
  public List<HostObject> inventory() {
    inventories.incrementAndGet();
    return volumes.keySet().stream().map(k -> new HostObject("volume", k, k, false)).toList();
  }

  @Override
  public HostFacts facts() {
    return new HostFacts(4, 1024, null, null, null);
  }
}
