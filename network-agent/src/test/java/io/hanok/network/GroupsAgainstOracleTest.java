package io.hanok.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.network.SecurityGroupOracle.Packet;
import io.hanok.network.TestGuest.Reached;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real packets between guests arrive exactly where the oracle says, for random rules. */
class GroupsAgainstOracleTest {
  private static final List<Integer> GUESTS = List.of(5, 6, 7, 8);
  private static final List<Packet> PACKETS =
      List.of(
          new Packet("tcp", 1000),
          new Packet("tcp", 1002),
          new Packet("udp", 1001),
          new Packet("icmp", 8));
  private static final int ROUNDS = 6;

  @TempDir Path directory;

  @Test
  void packetsArriveExactlyWhereTheOracleSays() throws Exception {
    Random random = new Random(2026);
    List<AutoCloseable> open = new ArrayList<>();
    int allowed = 0;
    int denied = 0;
    try (TestHost host = new TestHost(directory);
        ExecutorService threads = Executors.newFixedThreadPool(48)) {
      Map<Integer, TestGuest> guests = new HashMap<>();
      for (int number : GUESTS) {
        guests.put(number, host.guest("g" + number, Documents.nic(number, 1, "10.0.0.1")));
      }
      for (int round = 0; round < ROUNDS; round++) {
        Vpc vpc = RandomVpc.draw(random, GUESTS);
        host.apply(Documents.host(vpc));
        if (round == 0) {
          for (int number : GUESTS) {
            open.addAll(prepare(guests.get(number), number));
          }
        }
        Map<String, Boolean> expected = new TreeMap<>();
        Map<String, Future<Boolean>> seen = new TreeMap<>();
        SecurityGroupOracle oracle = new SecurityGroupOracle(vpc);
        for (int from : GUESTS) {
          for (int to : GUESTS) {
            for (Packet packet : PACKETS) {
              if (from != to) {
                String name = from + " to " + to + ": " + packet;
                expected.put(name, oracle.allows(nic(vpc, from), nic(vpc, to), packet));
                seen.put(name, threads.submit(() -> arrives(guests.get(from), to, packet)));
              }
            }
          }
        }
        Map<String, Boolean> arrived = new TreeMap<>();
        for (var entry : seen.entrySet()) {
          arrived.put(entry.getKey(), entry.getValue().get());
        }
        assertThat(arrived).as("round %d: %s", round, vpc.groups()).isEqualTo(expected);
        allowed += (int) expected.values().stream().filter(e -> e).count();
        denied += (int) expected.values().stream().filter(e -> !e).count();
      }
    } finally {
      for (AutoCloseable each : open) {
        each.close();
      }
    }
    assertThat(allowed).as("allowed packets that were tried").isGreaterThan(20);
    assertThat(denied).as("denied packets that were tried").isGreaterThan(20);
  }

  private static List<AutoCloseable> prepare(TestGuest guest, int number) throws Exception {
    guest.address(RandomVpc.address(number), number % 2 == 0 ? "10.0.1.1" : "10.0.0.1");
    return List.of(guest.listen(1000), guest.listen(1002), guest.echoDatagrams(1001));
  }

  private static Interface nic(Vpc vpc, int number) {
    return vpc.interfaces().stream()
        .filter(n -> n.eniId().equals(Documents.eni(number)))
        .findFirst()
        .orElseThrow();
  }

  private static boolean arrives(TestGuest from, int to, Packet packet) throws Exception {
    String address = RandomVpc.address(to);
    return switch (packet.protocol()) {
      case "tcp" -> from.reaches(address, packet.port()) == Reached.OPEN;
      case "udp" -> from.asks(address, packet.port(), new byte[] {1}).isPresent();
      default -> from.pings(address);
    };
  }
}
