package io.hanok.network;

import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.agent.api.id.VpcId;
import io.hanok.network.metadata.MetadataServer;
import io.hanok.network.metadata.MetadataService;
import io.hanok.network.netns.NetworkNamespaces;
import io.hanok.network.time.TimeServer;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Keeps the agent's own services, metadata and time, open in every VPC's namespace. A socket keeps
 * its namespace alive; so they are closed before a namespace is removed.
 */
final class GuestServices implements AutoCloseable {
  private final NetworkNamespaces namespaces;
  private final MetadataService metadata;
  private final Clock clock;
  private final Map<VpcId, Open> services = new HashMap<>();

  GuestServices(NetworkNamespaces namespaces, MetadataService metadata, Clock clock) {
    this.namespaces = namespaces;
    this.metadata = metadata;
    this.clock = clock;
  }

  private record Open(
      long inode, AtomicReference<Vpc> vpc, MetadataServer metadata, TimeServer time) {}

  /** Ensures that a VPC is served by its present description. */
  synchronized void ensure(Vpc vpc) throws InterruptedException {
    String namespace = NetworkNamespaces.of(vpc.vpcId());
    Open open = services.get(vpc.vpcId());
    if (open != null && open.inode() == namespaces.inode(namespace)) {
      open.vpc().set(vpc);
      return;
    }
    close(vpc.vpcId());
    AtomicReference<Vpc> now = new AtomicReference<>(vpc);
    MetadataServer server = metadata.open(namespace, now::get);
    try {
      TimeServer time = TimeServer.open(namespaces, namespace, clock);
      services.put(vpc.vpcId(), new Open(namespaces.inode(namespace), now, server, time));
    } catch (RuntimeException | InterruptedException e) {
      server.close();
      throw e;
    }
  }

  /** Closes what is open for a VPC. */
  synchronized void close(VpcId vpc) {
    Open open = services.remove(vpc);
    if (open != null) {
      open.metadata().close();
      open.time().close();
    }
  }

  @Override
  public synchronized void close() {
    for (VpcId vpc : java.util.List.copyOf(services.keySet())) {
      close(vpc);
    }
  }
}
