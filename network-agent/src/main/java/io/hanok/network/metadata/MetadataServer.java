package io.hanok.network.metadata;

import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.network.address.ServiceAddresses;
import io.hanok.network.netns.NetworkNamespaces;
import io.hanok.network.nft.VpcRuleset;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the metadata of the guests of one VPC, each of which is known by its own address: the
 * listening socket lives in the VPC's namespace, where no guest can send from another's address.
 *
 * <p>The hop limit holds for the answer that carries a token. Its packets are marked by their DSCP
 * field, and the router's ruleset turns the mark into the interface's TTL; the mark stays for the
 * rest of the connection, so that a packet that is sent again has it, too.
 */
public final class MetadataServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(MetadataServer.class);
  private static final int PORT = 80;
  private static final int BACKLOG = 128;
  private static final int PER_GUEST = 64;
  private static final Duration IDLE = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofMinutes(1);

  private final ServerSocketChannel listener;
  private final Supplier<Vpc> vpc;
  private final MetadataAnswers answers;
  private final Clock clock;
  private final ScheduledExecutorService timer;
  private final Map<String, Integer> open = new ConcurrentHashMap<>();

  private MetadataServer(
      ServerSocketChannel listener,
      Supplier<Vpc> vpc,
      MetadataAnswers answers,
      Clock clock,
      ScheduledExecutorService timer) {
    this.listener = listener;
    this.vpc = vpc;
    this.answers = answers;
    this.clock = clock;
    this.timer = timer;
  }

  /**
   * Opens the service in a namespace that has its address.
   *
   * @param vpc the VPC as it is described at the time of each request
   * @param timer ends connections that take too long
   */
  static MetadataServer open(
      NetworkNamespaces namespaces,
      String namespace,
      Supplier<Vpc> vpc,
      MetadataAnswers answers,
      Clock clock,
      ScheduledExecutorService timer)
      throws InterruptedException {
    ServerSocketChannel listener =
        namespaces.call(
            namespace,
            () -> {
              ServerSocketChannel opened = ServerSocketChannel.open(StandardProtocolFamily.INET);
              opened.setOption(StandardSocketOptions.SO_REUSEADDR, true);
              return opened.bind(new InetSocketAddress(ServiceAddresses.METADATA, PORT), BACKLOG);
            });
    MetadataServer server = new MetadataServer(listener, vpc, answers, clock, timer);
    Thread.ofVirtual().name("metadata-" + namespace).start(server::accept);
    return server;
  }

  private void accept() {
    while (listener.isOpen()) {
      try {
        SocketChannel client = listener.accept();
        Thread.ofVirtual().start(() -> serve(client));
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException e) {
        log.warn("the metadata service could not accept a connection: {}", e.getMessage());
      }
    }
  }

  private void serve(SocketChannel client) {
    ScheduledFuture<?> end =
        timer.schedule(() -> close(client), LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    String peer = "";
    try (client) {
      peer = ((InetSocketAddress) client.getRemoteAddress()).getAddress().getHostAddress();
      if (open.merge(peer, 1, Integer::sum) <= PER_GUEST) {
        converse(client, peer);
      }
    } catch (IOException e) {
      log.debug("a connection of {} to the metadata service ended: {}", peer, e.getMessage());
    } finally {
      end.cancel(false);
      open.computeIfPresent(peer, (p, count) -> count == 1 ? null : count - 1);
    }
  }

  private void converse(SocketChannel client, String peer) throws IOException {
    client.socket().setSoTimeout((int) IDLE.toMillis());
    client.setOption(StandardSocketOptions.TCP_NODELAY, true);
    InputStream in = new BufferedInputStream(client.socket().getInputStream());
    OutputStream out = client.socket().getOutputStream();
    while (true) {
      Optional<MetadataRequest> request;
      try {
        request = MetadataRequest.read(in);
      } catch (MetadataRequest.Malformed e) {
        out.write(MetadataAnswer.refused(400).bytes(clock.instant(), true, false));
        return;
      }
      if (request.isEmpty()) {
        return;
      }
      MetadataAnswer answer = answer(request.get(), peer);
      if (answer.limited()) {
        client.setOption(StandardSocketOptions.IP_TOS, VpcRuleset.LIMITED_DSCP << 2);
      }
      boolean withBody = !request.get().method().equals("HEAD");
      out.write(answer.bytes(clock.instant(), withBody, request.get().keepAlive()));
      if (!request.get().keepAlive()) {
        return;
      }
    }
  }

  private MetadataAnswer answer(MetadataRequest request, String peer) {
    Vpc now = vpc.get();
    for (Interface nic : now.interfaces()) {
      if (nic.privateAddresses().contains(peer)) {
        // A secondary interface asks on behalf of the same guest.
        return now.interfaces().stream()
            .filter(other -> other.vmId().equals(nic.vmId()) && other.metadata() != null)
            .findFirst()
            .map(with -> answers.to(request, with.eniId().value(), with.metadata()))
            .orElseGet(() -> MetadataAnswer.refused(404));
      }
    }
    return MetadataAnswer.refused(404);
  }

  private static void close(SocketChannel client) {
    try {
      client.close();
    } catch (IOException e) {
      log.debug("closing a connection", e);
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
    } catch (IOException e) {
      log.debug("closing the metadata service", e);
    }
  }
}
