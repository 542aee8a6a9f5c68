package io.hanok.network;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.runtime.Agent;
import io.hanok.agent.runtime.AgentMain;
import io.hanok.agent.runtime.AgentSettings;
import io.hanok.agent.runtime.Converger;
import io.hanok.agent.runtime.HostCommands;
import io.hanok.agent.runtime.Wakeups;
import io.hanok.network.dhcp.Dnsmasqs;
import io.hanok.network.dhcp.HostResolvers;
import io.hanok.network.metadata.MetadataService;
import io.hanok.network.netns.NetworkNamespaces;
import io.hanok.network.nft.Nft;
import io.hanok.network.router.IpTool;
import io.hanok.network.router.Routers;
import io.hanok.network.router.SeenGuests;
import io.hanok.network.router.TapHolders;
import io.hanok.network.uplink.Masquerade;
import io.hanok.network.uplink.Uplink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;

/**
 * The agent that carries the networks of one host: routers of VPCs, firewalls, DHCP and names,
 * metadata, time and public addresses.
 *
 * <p>Settings of its own: {@code masquerade} ({@code auto}, {@code off} or a device: whether guests
 * reach the internet under the host's address; default {@code auto}), {@code resolvers} (addresses
 * with commas between, or {@code none}; default: those of the host).
 */
public final class NetworkAgent implements Agent {
  private static final Duration DEADLINE = Duration.ofSeconds(20);

  private HostWatch watch;
  private GuestServices services;
  private MetadataService metadata;

  /**
   * Runs the agent ({@code --settings FILE}), or removes everything that it ever made on the host
   * but its own directory and ends ({@code --remove-all FILE}).
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    if (arguments.length == 2 && arguments[0].equals("--remove-all")) {
      removeAll(AgentSettings.read(Path.of(arguments[1])));
    } else {
      AgentMain.run(new NetworkAgent(), arguments);
    }
  }

  private static void removeAll(AgentSettings settings) throws InterruptedException {
    NetworkAgent agent = new NetworkAgent();
    try {
      agent.assemble(settings).removeAll();
    } finally {
      agent.stop();
    }
  }

  @Override
  public AgentName name() {
    return AgentName.NETWORK;
  }

  @Override
  public Converger start(AgentSettings settings, Wakeups wakeups) {
    HostNetworkConverger converger = assemble(settings);
    watch = new HostWatch(converger.view(), wakeups);
    watch.start();
    return converger;
  }

  private HostNetworkConverger assemble(AgentSettings settings) {
    Path state = settings.state();
    Clock clock = Clock.systemUTC();
    HostCommands commands = new HostCommands(DEADLINE);
    NetworkNamespaces namespaces = new NetworkNamespaces();
    IpTool ip = new IpTool(commands);
    Nft nft = new Nft(commands);
    SeenGuests seen = new SeenGuests(nft, clock);
    Dnsmasqs dnsmasqs =
        new Dnsmasqs(commands, namespaces, state.resolve("dhcp"), resolvers(settings));
    HostView view = new HostView(namespaces, dnsmasqs, seen);
    try {
      metadata =
          new MetadataService(namespaces, state.resolve("metadata.key"), clock, new SecureRandom());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot keep the secret of metadata tokens", e);
    }
    services = new GuestServices(namespaces, metadata, clock);
    return new HostNetworkConverger(
        namespaces,
        ip,
        new Routers(commands, namespaces, ip, nft, seen, new TapHolders()),
        new Uplink(
            ip, nft, Masquerade.parse(settings.optional("masquerade").orElse("auto")), state),
        dnsmasqs,
        services,
        seen,
        view);
  }

  private static List<String> resolvers(AgentSettings settings) {
    String given = settings.optional("resolvers").orElse("");
    return switch (given) {
      case "" -> HostResolvers.read();
      case "none" -> List.of();
      default -> List.of(given.split("[,\\s]+"));
    };
  }

  @Override
  public void stop() {
    if (watch != null) {
      watch.close();
    }
    if (metadata != null) {
      services.close();
      metadata.close();
    }
  }
}
