package io.hanok.network.time;

import io.hanok.network.address.ServiceAddresses;
import io.hanok.network.netns.NetworkNamespaces;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers the guests of one VPC with the time of the host's clock. */
public final class TimeServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TimeServer.class);
  private static final int PORT = 123;
  private static final int LONGEST = 1024;

  private final DatagramChannel channel;
  private final Clock clock;

  private TimeServer(DatagramChannel channel, Clock clock) {
    this.channel = channel;
    this.clock = clock;
  }

  /** Opens the service in a namespace that has its address. */
  public static TimeServer open(NetworkNamespaces namespaces, String namespace, Clock clock)
      throws InterruptedException {
    DatagramChannel channel =
        namespaces.call(
            namespace,
            () ->
                DatagramChannel.open(StandardProtocolFamily.INET)
                    .bind(new InetSocketAddress(ServiceAddresses.TIME, PORT)));
    TimeServer server = new TimeServer(channel, clock);
    Thread.ofVirtual().name("time-" + namespace).start(server::serve);
    return server;
  }

  private void serve() {
    ByteBuffer buffer = ByteBuffer.allocate(LONGEST);
    while (channel.isOpen()) {
      try {
        buffer.clear();
        SocketAddress peer = channel.receive(buffer);
        Instant received = clock.instant();
        byte[] question = Arrays.copyOf(buffer.array(), buffer.position());
        Optional<byte[]> answer = NtpReply.to(question, received, clock.instant());
        if (answer.isPresent()) {
          channel.send(ByteBuffer.wrap(answer.get()), peer);
        }
      } catch (ClosedChannelException closed) {
        return;
      } catch (IOException e) {
        log.debug("a question for the time was not answered", e);
      }
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      log.debug("closing the time service", e);
    }
  }
}
