package io.hanok.network.metadata;

import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.network.netns.NetworkNamespaces;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** Opens metadata servers that share the host's secret. */
public final class MetadataService implements AutoCloseable {
  private final NetworkNamespaces namespaces;
  private final MetadataAnswers answers;
  private final Clock clock;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("metadata-timer").daemon().factory());

  /**
   * Makes the service.
   *
   * @param secret file with the secret of tokens; made if it is not there
   * @param random source of secrets; a cryptographic one
   * @throws IOException if the secret can be neither read nor written
   */
  public MetadataService(
      NetworkNamespaces namespaces, Path secret, Clock clock, RandomGenerator random)
      throws IOException {
    this.namespaces = namespaces;
    this.answers = new MetadataAnswers(MetadataTokens.ofHost(secret, clock, random));
    this.clock = clock;
  }

  /** Opens the server of one VPC. */
  public MetadataServer open(String namespace, Supplier<Vpc> vpc) throws InterruptedException {
    return MetadataServer.open(namespaces, namespace, vpc, answers, clock, timer);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
