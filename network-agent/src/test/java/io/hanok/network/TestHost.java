package io.hanok.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostNetworkSpec;
import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.runtime.AgentSettings;
import io.hanok.agent.runtime.Converger;
import io.hanok.agent.runtime.HostCommands;
import io.hanok.agent.runtime.Step;
import io.hanok.agent.runtime.Wakeups;
import io.hanok.network.netns.NetworkNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Assumptions;

/** The host of a test: the real agent over the real kernel, in namespaces of the test's own JVM. */
final class TestHost implements AutoCloseable {
  private static final Path SELF = NetworkNamespaces.file("self");

  final HostCommands commands = new HostCommands(Duration.ofSeconds(20));
  final NetworkNamespaces namespaces = new NetworkNamespaces();
  final Semaphore wakes = new Semaphore(0);
  private final Path state;
  private final Properties settings = new Properties();
  private final List<String> guests = new ArrayList<>();
  private NetworkAgent agent;
  private Converger converger;
  private long generation;

  TestHost(Path state) {
    Assumptions.assumeTrue(
        System.getenv("HANOK_ISOLATED") != null, "needs root and network namespaces");
    this.state = state;
    settings.setProperty("state", state.toString());
    settings.setProperty("resolvers", "192.0.2.9");
    start();
  }

  private void start() {
    agent = new NetworkAgent();
    converger =
        agent.start(
            new AgentSettings(settings),
            new Wakeups() {
              @Override
              public void wake(DocumentKind kind, String key) {
                wakes.release();
              }

              @Override
              public void wakeAll(DocumentKind kind) {
                wakes.release();
              }

              @Override
              public void reportSoon() {}
            });
  }

  /** Ends the agent and starts it anew; the host stays as it is. */
  void restartAgent() {
    agent.stop();
    start();
  }

  void stopAgent() {
    agent.stop();
  }

  Converger converger() {
    return converger;
  }

  /** Converges until settled. */
  ResourceStatus.HostNetwork apply(HostNetworkSpec spec) throws InterruptedException {
    var document =
        new DesiredDocument(
            DocumentKind.HOST_NETWORK, "host-00000000000000001", ++generation, spec);
    Step step = converger.converge(document);
    for (int i = 0; i < 20 && step instanceof Step.Again again; i++) {
      Thread.sleep(again.after());
      step = converger.converge(document);
    }
    assertThat(step).isInstanceOf(Step.Settled.class);
    return spec == null ? null : (ResourceStatus.HostNetwork) step.status();
  }

  /** A guest whose card is plugged in. */
  TestGuest guest(String name, Interface nic) {
    return bare(name).plug(nic);
  }

  /** A guest without a card. */
  TestGuest bare(String name) {
    guests.add(name);
    return TestGuest.make(commands, namespaces, name);
  }

  /** The host itself, as one that can open connections. */
  TestGuest self() throws IOException {
    Files.createFile(SELF);
    commands.run("mount", "--bind", "/proc/self/ns/net", SELF.toString());
    return TestGuest.in(commands, namespaces, "self");
  }

  String nft(String vpcNamespace, String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + vpcNamespace, "nft"));
    all.addAll(List.of(arguments));
    return commands.run(all);
  }

  Path state() {
    return state;
  }

  @Override
  public void close() throws Exception {
    apply(null);
    agent.stop();
    for (String guest : guests) {
      commands.run("ip", "netns", "del", guest);
    }
    if (Files.exists(SELF)) {
      commands.run("umount", SELF.toString());
      Files.delete(SELF);
    }
  }
}
