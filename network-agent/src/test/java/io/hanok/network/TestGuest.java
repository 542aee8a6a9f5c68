package io.hanok.network;

import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.TapName;
import io.hanok.agent.runtime.HostCommands;
import io.hanok.network.netns.NetworkNamespaces;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A guest made of a namespace with a real network stack; its network card is one end of a pair
 * whose other end has the name of the guest's tap and appears on the host, as libvirt's does.
 */
final class TestGuest {
  static final Path UDHCPC = Path.of("src/test/isolated/udhcpc-script").toAbsolutePath();
  private static final Duration PATIENCE = Duration.ofMillis(400);

  private final HostCommands commands;
  private final NetworkNamespaces namespaces;
  private final String name;

  enum Reached {
    OPEN,
    REFUSED,
    SILENCE,
    UNREACHABLE
  }

  private TestGuest(HostCommands commands, NetworkNamespaces namespaces, String name) {
    this.commands = commands;
    this.namespaces = namespaces;
    this.name = name;
  }

  /** A guest in a namespace that exists. */
  static TestGuest in(HostCommands commands, NetworkNamespaces namespaces, String name) {
    return new TestGuest(commands, namespaces, name);
  }

  /** A guest in a new namespace. */
  static TestGuest make(HostCommands commands, NetworkNamespaces namespaces, String name) {
    commands.run("ip", "netns", "add", name);
    commands.run("ip", "-n", name, "link", "set", "lo", "up");
    return in(commands, namespaces, name);
  }

  /** Plugs the card in: the tap appears on the host. */
  TestGuest plug(Interface nic) {
    commands.run(
        List.of(
            "ip link add %s mtu 1500 type veth peer name eth0 address %s netns %s"
                .formatted(TapName.of(nic.eniId()), nic.mac(), name)
                .split(" ")));
    commands.run("ip", "-n", name, "link", "set", "eth0", "up");
    return this;
  }

  /** Takes the card away, as an emulator that ends does. */
  void unplug() {
    commands.run("ip", "-n", name, "link", "del", "eth0");
  }

  /** Sets the address by hand. */
  TestGuest address(String address, String gateway) {
    commands.run("ip", "-n", name, "addr", "add", address + "/24", "dev", "eth0");
    commands.run("ip", "-n", name, "route", "replace", "default", "via", gateway);
    return this;
  }

  /** Asks for a lease and applies it; returns what it says. */
  String dhcp() {
    return run(
        "busybox",
        "udhcpc",
        "-f",
        "-n",
        "-q",
        "-i",
        "eth0",
        "-t",
        "8",
        "-T",
        "1",
        "-O",
        "mtu",
        "-s",
        UDHCPC.toString());
  }

  String ip(String... arguments) {
    List<String> all = new java.util.ArrayList<>(List.of("ip", "-n", name));
    all.addAll(List.of(arguments));
    return commands.run(all);
  }

  String run(String... arguments) {
    HostCommands.Result result = attempt(arguments);
    if (!result.succeeded()) {
      throw new AssertionError(String.join(" ", arguments) + ": " + result);
    }
    return result.output();
  }

  HostCommands.Result attempt(String... arguments) {
    List<String> all = new java.util.ArrayList<>(List.of("nsenter", "--net=/run/netns/" + name));
    all.addAll(List.of(arguments));
    return commands.attempt("", all);
  }

  boolean pings(String address) {
    return attempt("busybox", "ping", "-c", "1", "-W", "1", address).succeeded();
  }

  void rules(String text) {
    commands.runWithInput(text, List.of("nsenter", "--net=/run/netns/" + name, "nft", "-f", "-"));
  }

  /** Tries to open a TCP connection. */
  Reached reaches(String address, int port) throws Exception {
    return reachesFrom(null, address, port);
  }

  Reached reachesFrom(String source, String address, int port) throws Exception {
    return namespaces.call(
        name,
        () -> {
          try (SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET)) {
            if (source != null) {
              channel.bind(new InetSocketAddress(source, 0));
            }
            channel
                .socket()
                .connect(new InetSocketAddress(address, port), (int) PATIENCE.toMillis());
            return Reached.OPEN;
          } catch (SocketTimeoutException e) {
            return Reached.SILENCE;
          } catch (ConnectException e) {
            return Reached.REFUSED;
          } catch (SocketException e) {
            return Reached.UNREACHABLE;
          }
        });
  }

  /** Opens a TCP connection that stays. */
  SocketChannel connect(String address, int port) throws Exception {
    return namespaces.call(
        name,
        () -> {
          SocketChannel channel = SocketChannel.open(StandardProtocolFamily.INET);
          channel.socket().connect(new InetSocketAddress(address, port), 2000);
          channel.socket().setSoTimeout(2000);
          return channel;
        });
  }

  /** Says something on a connection to {@link #listen} and returns the echo. */
  static String echo(SocketChannel channel, String text) throws IOException {
    channel.socket().getOutputStream().write((text + "\n").getBytes(StandardCharsets.UTF_8));
    return line(channel);
  }

  /** Reads a line. */
  static String line(SocketChannel channel) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = channel.socket().getInputStream().read();
        c >= 0 && c != '\n';
        c = channel.socket().getInputStream().read()) {
      line.append((char) c);
    }
    return line.toString();
  }

  /** Listens on a TCP port: greets with the peer's address, then echoes. */
  ServerSocketChannel listen(int port) throws Exception {
    ServerSocketChannel listener =
        namespaces.call(
            name,
            () ->
                ServerSocketChannel.open(StandardProtocolFamily.INET)
                    .bind(new InetSocketAddress("0.0.0.0", port)));
    Thread.ofVirtual().start(() -> accept(listener));
    return listener;
  }

  private static void accept(ServerSocketChannel listener) {
    while (true) {
      try {
        SocketChannel client = listener.accept();
        Thread.ofVirtual().start(() -> greetAndEcho(client));
      } catch (IOException closed) {
        return;
      }
    }
  }

  private static void greetAndEcho(SocketChannel client) {
    try (client) {
      String peer = ((InetSocketAddress) client.getRemoteAddress()).getAddress().getHostAddress();
      client.socket().getOutputStream().write((peer + "\n").getBytes(StandardCharsets.UTF_8));
      client.socket().getInputStream().transferTo(client.socket().getOutputStream());
    } catch (IOException gone) {
      // The client left.
    }
  }

  /** Echoes datagrams on a port. */
  DatagramChannel echoDatagrams(int port) throws Exception {
    DatagramChannel channel =
        namespaces.call(
            name,
            () ->
                DatagramChannel.open(StandardProtocolFamily.INET)
                    .bind(new InetSocketAddress("0.0.0.0", port)));
    Thread.ofVirtual()
        .start(
            () -> {
              ByteBuffer buffer = ByteBuffer.allocate(512);
              try {
                while (true) {
                  buffer.clear();
                  var peer = channel.receive(buffer);
                  channel.send(buffer.flip(), peer);
                }
              } catch (ClosedChannelException closed) {
                // The test is over.
              } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
              }
            });
    return channel;
  }

  /** Sends a datagram and returns the answer, if one comes. */
  Optional<byte[]> asks(String address, int port, byte[] question) throws Exception {
    return namespaces.call(
        name,
        () -> {
          try (DatagramChannel channel = DatagramChannel.open(StandardProtocolFamily.INET)) {
            channel.connect(new InetSocketAddress(address, port));
            channel.write(ByteBuffer.wrap(question));
            channel.socket().setSoTimeout((int) PATIENCE.toMillis());
            byte[] buffer = new byte[1500];
            var packet = new java.net.DatagramPacket(buffer, buffer.length);
            channel.socket().receive(packet);
            return Optional.of(java.util.Arrays.copyOf(buffer, packet.getLength()));
          } catch (SocketTimeoutException | java.net.PortUnreachableException e) {
            return Optional.<byte[]>empty();
          }
        });
  }

  /** Sends one HTTP request on a connection of its own; returns status line, head and body. */
  String http(String method, String path, Map<String, String> headers) throws Exception {
    try (SocketChannel channel = connect("169.254.169.254", 80)) {
      StringBuilder request = new StringBuilder(method + " " + path + " HTTP/1.1\r\n");
      headers.forEach((name, value) -> request.append(name + ": " + value + "\r\n"));
      request.append("Host: metadata\r\nConnection: close\r\n\r\n");
      channel
          .socket()
          .getOutputStream()
          .write(request.toString().getBytes(StandardCharsets.ISO_8859_1));
      return new String(
          channel.socket().getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }
}
