package io.hanok.network;

import static io.hanok.network.Documents.EVERYTHING;
import static io.hanok.network.Documents.from;
import static io.hanok.network.Documents.group;
import static io.hanok.network.Documents.host;
import static io.hanok.network.Documents.nic;
import static io.hanok.network.Documents.open;
import static io.hanok.network.Documents.unchecked;
import static io.hanok.network.Documents.vpc;
import static io.hanok.network.Documents.withMetadata;
import static io.hanok.network.Documents.withPublic;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostNetworkSpec;
import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.Metadata;
import io.hanok.agent.api.HostNetworkSpec.SecurityGroup;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.TapName;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.Step;
import io.hanok.network.TestGuest.Reached;
import io.hanok.network.netns.NetworkNamespaces;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What guests can and cannot do, seen from inside guests, by packets that really travel. */
class RealPacketsTest {
  private static final String ROUTER = NetworkNamespaces.of(vpc(1));
  private static final SecurityGroup OPEN = open(1, List.of(EVERYTHING), "10.0.0.5", "10.0.0.6");

  @TempDir Path directory;
  private TestHost host;

  @BeforeEach
  void start() {
    host = new TestHost(directory);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    if (host == null) {
      return;
    }
    host.close();
    assertThat(host.namespaces.routers()).isEmpty();
    assertThat(host.commands.run("ip", "route", "show", "proto", "72")).isEmpty();
    assertThat(host.commands.run("ip", "-o", "link", "show", "type", "veth")).isEmpty();
    assertThat(host.commands.run("nft", "list", "ruleset")).isEmpty();
    assertThat(host.commands.run("sysctl", "-n", "net.ipv4.ip_forward").strip()).isEqualTo("0");
  }

  @Test
  void aGuestGetsItsLeaseAndIsHeard() throws Exception {
    Interface a = nic(5, 1, "10.0.0.5", 1);
    var before = host.apply(host(vpc(1, List.of(OPEN), a)));
    assertThat(before.interfaces().getFirst().ready()).isFalse();
    TestGuest guest = host.guest("a", a);
    assertThat(host.wakes.tryAcquire(5, TimeUnit.SECONDS)).as("woken by the tap").isTrue();
    var ready = host.apply(host(vpc(1, List.of(OPEN), a)));
    assertThat(ready.interfaces().getFirst().ready()).isTrue();
    assertThat(ready.interfaces().getFirst().lastSeen()).isNull();

    String lease = guest.dhcp();

    assertThat(lease)
        .contains("ip=10.0.0.5 mask=24 router=10.0.0.1 dns=10.0.0.2")
        .contains("domain=home-1.compute.internal mtu=1450 ntp=169.254.169.123 host=ip-10-0-0-5")
        .contains("lease=3600");
    assertThat(guest.pings("10.0.0.1")).isTrue();
    Instant seen = host.apply(host(vpc(1, List.of(OPEN), a))).interfaces().getFirst().lastSeen();
    assertThat(Duration.between(seen, Instant.now())).isLessThan(Duration.ofMinutes(1));
  }

  @Test
  void anAddressThatIsGivenAgainIsLeasedToTheNextInterface() throws Exception {
    Interface a = nic(5, 1, "10.0.0.5", 1);
    Interface next = nic(6, 1, "10.0.0.5", 1);
    TestGuest first = host.guest("a", a);
    host.apply(host(vpc(1, List.of(OPEN), a, nic(9, 1, "10.0.0.9", 1))));
    assertThat(first.dhcp()).contains("ip=10.0.0.5");

    TestGuest second = host.guest("b", next);
    host.apply(host(vpc(1, List.of(OPEN), next, nic(9, 1, "10.0.0.9", 1))));

    assertThat(second.dhcp()).contains("ip=10.0.0.5");
    assertThat(first.pings("10.0.0.1")).isFalse();
  }

  @Test
  void namesAreAnsweredBothWaysAndTheTimeIsTold() throws Exception {
    Interface a = nic(5, 1, "10.0.0.5", 1);
    TestGuest guest = host.guest("a", a);
    host.apply(host(vpc(1, List.of(), a)));
    guest.address("10.0.0.5", "10.0.0.1");

    for (String resolver : List.of("10.0.0.2", "169.254.169.253")) {
      byte[] forward =
          guest
              .asks(resolver, 53, question("ip-10-0-1-7.home-1.compute.internal", 1))
              .orElseThrow();
      assertThat(java.util.Arrays.copyOfRange(forward, forward.length - 4, forward.length))
          .containsExactly(10, 0, 1, 7);
    }
    byte[] reverse =
        guest.asks("10.0.0.2", 53, question("5.0.0.10.in-addr.arpa", 12)).orElseThrow();
    assertThat(new String(reverse, StandardCharsets.ISO_8859_1)).contains("ip-10-0-0-5");

    byte[] time = new byte[48];
    time[0] = 4 << 3 | 3;
    byte[] answer = guest.asks("169.254.169.123", 123, time).orElseThrow();
    long seconds = (ByteBuffer.wrap(answer).getLong(40) >>> 32) - 2_208_988_800L;
    assertThat(Math.abs(seconds - Instant.now().getEpochSecond())).isLessThan(5);
  }

  @Test
  void groupsDecideWhoIsHeardInOneSubnetAndAcross() throws Exception {
    Interface a = nic(5, 1, "10.0.0.5", 1);
    Interface b = nic(6, 1, "10.0.0.6", 2);
    Interface c = nic(7, 2, "10.0.1.7", 2);
    SecurityGroup clients = open(1, List.of(), "10.0.0.5");
    SecurityGroup servers =
        open(
            2,
            List.of(from("tcp", 80, 81, group(1)), from("icmp", 8, -1, "10.0.0.0/24")),
            "10.0.0.6",
            "10.0.1.7");
    TestGuest client = host.guest("a", a);
    TestGuest near = host.guest("b", b);
    TestGuest far = host.guest("c", c);
    host.apply(host(vpc(1, List.of(clients, servers), a, b, c)));
    client.address("10.0.0.5", "10.0.0.1");
    near.address("10.0.0.6", "10.0.0.1");
    far.address("10.0.1.7", "10.0.1.1");
    try (var n80 = near.listen(80);
        var f81 = far.listen(81);
        var n82 = near.listen(82);
        var a80 = client.listen(80)) {
      assertThat(client.reaches("10.0.0.6", 80)).isEqualTo(Reached.OPEN);
      assertThat(client.reaches("10.0.1.7", 81)).isEqualTo(Reached.OPEN);
      assertThat(client.reaches("10.0.0.6", 81)).isEqualTo(Reached.REFUSED);
      assertThat(client.reaches("10.0.0.6", 82)).isEqualTo(Reached.SILENCE);
      assertThat(far.reaches("10.0.0.6", 80)).as("not a member").isEqualTo(Reached.SILENCE);
      assertThat(near.reaches("10.0.0.5", 80)).as("no rule at all").isEqualTo(Reached.SILENCE);
      assertThat(client.pings("10.0.1.7")).isTrue();
      assertThat(far.pings("10.0.0.6")).as("wrong range").isFalse();

      // A member more is one element more.
      host.apply(
          host(vpc(1, List.of(open(1, List.of(), "10.0.0.5", "10.0.1.7"), servers), a, b, c)));
      assertThat(far.reaches("10.0.0.6", 80)).isEqualTo(Reached.OPEN);
    }
  }

  @Test
  void aRevokedRuleStopsNewConnectionsAndLeavesOldOnes() throws Exception {
    Interface a = nic(5, 1, "10.0.0.5", 1);
    Interface b = nic(6, 1, "10.0.0.6", 1);
    TestGuest client = host.guest("a", a);
    TestGuest server = host.guest("b", b);
    host.apply(host(vpc(1, List.of(OPEN), a, b)));
    client.address("10.0.0.5", "10.0.0.1");
    server.address("10.0.0.6", "10.0.0.1");
    try (var listener = server.listen(22);
        SocketChannel old = client.connect("10.0.0.6", 22)) {
      assertThat(TestGuest.line(old)).isEqualTo("10.0.0.5");
      host.apply(host(vpc(1, List.of(open(1, List.of(), "10.0.0.5", "10.0.0.6")), a, b)));
      assertThat(client.reaches("10.0.0.6", 22)).isEqualTo(Reached.SILENCE);
      assertThat(TestGuest.echo(old, "still here")).isEqualTo("still here");
      host.apply(host(vpc(1, List.of(OPEN), a, b)));
      assertThat(client.reaches("10.0.0.6", 22)).isEqualTo(Reached.OPEN);
    }
  }

  @Test
  void aForgedSenderIsNotHeard() throws Exception {
    Interface a = nic(5, 1, "10.0.0.5", 1);
    Interface b = nic(6, 1, "10.0.0.6", 1);
    TestGuest forger = host.guest("a", a);
    TestGuest server = host.guest("b", b);
    host.apply(host(vpc(1, List.of(OPEN), a, b)));
    forger.address("10.0.0.5", "10.0.0.1").ip("addr", "add", "10.0.0.9/32", "dev", "eth0");
    server.address("10.0.0.6", "10.0.0.1");
    try (var listener = server.listen(80)) {
      server.rules(
          "table ip t { counter heard { } ; chain c { type filter hook input priority 0;"
              + " ip saddr 10.0.0.9 counter name heard; }; }");
      assertThat(forger.reaches("10.0.0.6", 80)).isEqualTo(Reached.OPEN);
      assertThat(forger.reachesFrom("10.0.0.9", "10.0.0.6", 80)).isNotEqualTo(Reached.OPEN);
      assertThat(server.run("nft", "list", "counters")).contains("packets 0 ");

      host.apply(host(vpc(1, List.of(OPEN), unchecked(a), b)));
      forger.reachesFrom("10.0.0.9", "10.0.0.6", 80);
      assertThat(server.run("nft", "list", "counters"))
          .as("without the check, a router's packets pass")
          .doesNotContain("packets 0 ");

      forger.ip("link", "set", "eth0", "address", "0a:00:00:00:00:99");
      assertThat(forger.reaches("10.0.0.6", 80)).isNotEqualTo(Reached.OPEN);
      assertThat(forger.pings("10.0.0.1")).as("not even by the router").isFalse();
    }
  }

  @Test
  void publicAddressesLeadInAndOut() throws Exception {
    TestGuest outside = host.bare("outside");
    host.commands.run(
        List.of("ip link add wan0 type veth peer name eth0 netns outside".split(" ")));
    host.commands.run("ip", "addr", "add", "192.0.2.1/24", "dev", "wan0");
    host.commands.run("ip", "link", "set", "wan0", "up");
    outside.ip("addr", "add", "192.0.2.9/24", "dev", "eth0");
    outside.ip("link", "set", "eth0", "up");
    Interface a = withPublic(nic(5, 1, "10.0.0.5", 1), "198.18.0.5");
    Interface b = withPublic(nic(6, 1, "10.0.0.6", 1), "198.18.0.6");
    Interface none = nic(7, 1, "10.0.0.7", 1);
    Interface closed = withPublic(nic(8, 2, "10.0.1.8", 1), "198.18.0.8");
    Interface other = withPublic(nic(15, 1, "10.0.0.5", 1), "198.18.0.15");
    var spec = host(vpc(1, List.of(OPEN), a, b, none, closed), vpc(2, List.of(OPEN), other));
    TestGuest first = host.guest("a", a);
    TestGuest second = host.guest("b", b);
    TestGuest third = host.guest("c", none);
    TestGuest fourth = host.guest("d", closed);
    TestGuest fifth = host.guest("e", other);
    host.apply(spec);
    first.address("10.0.0.5", "10.0.0.1");
    second.address("10.0.0.6", "10.0.0.1");
    third.address("10.0.0.7", "10.0.0.1");
    fourth.address("10.0.1.8", "10.0.1.1");
    fifth.address("10.0.0.5", "10.0.0.1");
    TestGuest self = host.self();
    try (var l1 = first.listen(22);
        var l2 = second.listen(22);
        var l4 = fourth.listen(22);
        var l5 = fifth.listen(22);
        var web = outside.listen(443);
        var own = self.listen(8773)) {
      for (String address : List.of("192.0.2.1", "169.254.64.0", "169.254.64.1")) {
        assertThat(first.reaches(address, 8773)).as("the host itself").isNotEqualTo(Reached.OPEN);
      }
      assertThat(outside.reaches("192.0.2.1", 8773)).as("others").isEqualTo(Reached.OPEN);
      assertThat(greeting(self, "198.18.0.5")).as("from the host").startsWith("169.254.");
      assertThat(greeting(self, "198.18.0.15")).as("the other VPC").startsWith("169.254.");
      assertThat(self.reaches("198.18.0.99", 22)).isEqualTo(Reached.UNREACHABLE);
      assertThat(self.reaches("198.18.0.8", 22)).as("no gateway").isEqualTo(Reached.SILENCE);
      assertThat(greeting(first, "192.0.2.9", 443)).as("masqueraded").isEqualTo("192.0.2.1");
      assertThat(third.reaches("192.0.2.9", 443)).as("no address").isEqualTo(Reached.SILENCE);
      assertThat(fourth.reaches("192.0.2.9", 443)).as("no gateway").isEqualTo(Reached.SILENCE);
      assertThat(greeting(first, "198.18.0.6")).as("same VPC").isEqualTo("198.18.0.5");
      assertThat(greeting(first, "198.18.0.15")).as("across VPCs").isEqualTo("198.18.0.5");
      assertThat(third.reaches("198.18.0.6", 22)).isEqualTo(Reached.SILENCE);
      outside.ip("route", "add", "10.0.0.0/16", "via", "192.0.2.1");
      host.commands.run("ip", "route", "add", "10.0.0.0/16", "via", "169.254.64.1");
      assertThat(outside.reaches("10.0.0.5", 22)).as("straight in").isEqualTo(Reached.SILENCE);
      host.commands.run("ip", "route", "del", "10.0.0.0/16");

      // An address that is taken away leads nowhere at once, also for what was open.
      try (SocketChannel old = self.connect("198.18.0.5", 22)) {
        host.apply(
            host(
                vpc(1, List.of(OPEN), nic(5, 1, "10.0.0.5", 1), b, none, closed),
                vpc(2, List.of(OPEN), other)));
        assertThat(self.reaches("198.18.0.5", 22)).isEqualTo(Reached.UNREACHABLE);
      }
    }
    host.commands.run("ip", "link", "del", "wan0");
  }

  private static String greeting(TestGuest from, String address) throws Exception {
    return greeting(from, address, 22);
  }

  private static String greeting(TestGuest from, String address, int port) throws Exception {
    try (SocketChannel channel = from.connect(address, port)) {
      return TestGuest.line(channel);
    }
  }

  @Test
  void metadataNeedsATokenThatDoesNotTravel() throws Exception {
    Interface a =
        withMetadata(
            nic(5, 1, "10.0.0.5", 1),
            m -> new Metadata(true, true, 1, m.entries(), "IyEvYmluL3NoCg=="));
    Interface b = nic(6, 1, "10.0.0.6", 1);
    TestGuest guest = host.guest("a", a);
    TestGuest other = host.guest("b", b);
    host.apply(host(vpc(1, List.of(), a, b)));
    guest.address("10.0.0.5", "10.0.0.1");
    other.address("10.0.0.6", "10.0.0.1");
    guest.rules(
        "table ip t { counter one { }; counter more { }; chain c { type filter hook input"
            + " priority 0; tcp sport 80 ip ttl 1 counter name one; tcp sport 80 ip ttl > 1"
            + " counter name more; }; }");
    String id = "/latest/meta-data/instance-id";
    assertThat(guest.http("GET", id, Map.of())).startsWith("HTTP/1.1 401 ");
    assertThat(guest.run("nft", "list", "counter", "ip", "t", "one")).contains("packets 0 ");

    String token =
        body(
            guest.http(
                "PUT", "/latest/api/token", Map.of("X-aws-ec2-metadata-token-ttl-seconds", "60")));
    assertThat(guest.run("nft", "list", "counter", "ip", "t", "one"))
        .as("the answer with the token travels one hop")
        .doesNotContain("packets 0 ");
    Map<String, String> with = Map.of("X-aws-ec2-metadata-token", token);
    assertThat(body(guest.http("GET", id, with))).isEqualTo("i-" + Documents.digits(5));
    assertThat(body(guest.http("GET", "/latest/user-data", with))).isEqualTo("#!/bin/sh\n");
    assertThat(other.http("GET", id, with)).as("another's token").startsWith("HTTP/1.1 401 ");
    assertThat(other.http("GET", "/latest/user-data", Map.of())).startsWith("HTTP/1.1 401 ");

    host.restartAgent();
    host.apply(
        host(
            vpc(
                1,
                List.of(),
                a,
                withMetadata(b, m -> new Metadata(true, false, 2, m.entries(), null)))));
    assertThat(body(guest.http("GET", id, with))).as("after a restart").startsWith("i-");
    assertThat(body(other.http("GET", "/latest/", Map.of()))).isEqualTo("meta-data");
    assertThat(other.http("GET", "/latest/user-data", Map.of())).startsWith("HTTP/1.1 404 ");

    host.apply(
        host(
            vpc(
                1,
                List.of(),
                a,
                withMetadata(b, m -> new Metadata(false, false, 2, m.entries(), null)))));
    assertThat(other.http("GET", id, Map.of())).startsWith("HTTP/1.1 403 ");
    host.stopAgent();
    assertThat(guest.reaches("169.254.169.254", 80)).isEqualTo(Reached.REFUSED);
    host.restartAgent();
  }

  private static String body(String answer) {
    assertThat(answer).startsWith("HTTP/1.1 200 ");
    return answer.substring(answer.indexOf("\r\n\r\n") + 4);
  }

  @Test
  void aConnectionOutlivesTheAgentAndAFullReload() throws Exception {
    Interface a = nic(5, 1, "10.0.0.5", 1);
    Interface b = withPublic(nic(6, 1, "10.0.0.6", 1), "198.18.0.6");
    var spec = host(vpc(1, List.of(OPEN), a, b));
    TestGuest client = host.guest("a", a);
    TestGuest server = host.guest("b", b);
    host.apply(spec);
    client.address("10.0.0.5", "10.0.0.1");
    server.address("10.0.0.6", "10.0.0.1");
    TestGuest self = host.self();
    long dnsmasq = dnsmasq();
    try (var listener = server.listen(22);
        SocketChannel inside = client.connect("10.0.0.6", 22);
        SocketChannel translated = self.connect("198.18.0.6", 22)) {
      TestGuest.line(inside);
      TestGuest.line(translated);
      host.restartAgent();
      host.apply(spec);
      assertThat(dnsmasq()).as("adopted").isEqualTo(dnsmasq);
      // Somebody flushed everything: the next convergence loads it again as a whole.
      host.nft(ROUTER, "flush", "ruleset");
      host.apply(spec);
      assertThat(TestGuest.echo(inside, "inside")).isEqualTo("inside");
      assertThat(TestGuest.echo(translated, "translated")).isEqualTo("translated");
      assertThat(client.reaches("10.0.0.6", 22)).isEqualTo(Reached.OPEN);
      host.commands.run("kill", "-9", Long.toString(dnsmasq));
      assertThat(host.wakes.tryAcquire(5, TimeUnit.SECONDS)).as("missed").isTrue();
      host.apply(spec);
      assertThat(dnsmasq()).isNotEqualTo(dnsmasq);
    }
  }

  private long dnsmasq() throws Exception {
    return Long.parseLong(
        Files.readString(
                host.state().resolve("dhcp").resolve(vpc(1).value()).resolve("dnsmasq.pid"))
            .strip());
  }

  @Test
  void aRestartedGuestIsTakenOverAgainAndAForgottenOneIsCutOff() throws Exception {
    Interface a = nic(5, 1, "10.0.0.5", 1);
    Interface b = nic(6, 1, "10.0.0.6", 1);
    TestGuest guest = host.guest("a", a);
    TestGuest stays = host.guest("b", b);
    host.apply(host(vpc(1, List.of(OPEN), a, b)));
    guest.unplug();
    while (host.wakes.tryAcquire()) {
      // Earlier wake-ups are of no interest.
    }
    assertThat(host.wakes.tryAcquire(5, TimeUnit.SECONDS)).as("the tap is missed").isTrue();
    assertThat(ready(host.apply(host(vpc(1, List.of(OPEN), a, b))))).isEqualTo(1);
    guest.plug(a);
    assertThat(ready(host.apply(host(vpc(1, List.of(OPEN), a, b))))).isEqualTo(2);
    guest.address("10.0.0.5", "10.0.0.1");
    stays.address("10.0.0.6", "10.0.0.1");
    assertThat(guest.pings("10.0.0.6")).isTrue();

    host.apply(host(vpc(1, List.of(OPEN), b)));

    String tap = TapName.of(a.eniId());
    assertThat(host.nft(ROUTER, "list", "ruleset")).doesNotContain(tap);
    assertThat(host.commands.run("ip", "-n", ROUTER, "link")).doesNotContain(tap);
    assertThat(host.commands.run("ip", "-n", ROUTER, "route")).doesNotContain("10.0.0.5");
    assertThat(host.converger().inventory())
        .extracting(o -> o.kind() + " " + o.name() + " " + o.resourceId())
        .containsExactlyInAnyOrder(
            "veth hv0000000000001 " + vpc(1),
            "netns " + ROUTER + " " + vpc(1),
            "tap " + TapName.of(b.eniId()) + " " + b.eniId());
  }

  @Test
  void aBrokenVpcKeepsNoOtherFromBeingServed() throws Exception {
    Interface good = nic(5, 1, "10.0.0.5", 1);
    Interface bad = nic(15, 7, "10.0.0.5", 1);
    host.guest("a", good);
    host.guest("b", bad);
    var document =
        new DesiredDocument(
            DocumentKind.HOST_NETWORK,
            "host-00000000000000001",
            1,
            host(vpc(1, List.of(OPEN), good), vpc(2, List.of(OPEN), bad)));
    Step step = host.converger().converge(document);
    assertThat(step).isInstanceOf(Step.Again.class);
    assertThat(((Step.Again) step).waitingFor()).contains(bad.eniId().value(), "subnet");
    assertThat(ready((ResourceStatus.HostNetwork) step.status())).isEqualTo(1);
  }

  @Test
  void aRouterWhoseNextDescriptionMakesNoSenseKeepsNobodyElseFromChanging() throws Exception {
    Interface good = nic(5, 1, "10.0.0.5", 1);
    Interface other = nic(6, 1, "10.0.0.6", 1);
    host.guest("a", good);
    host.guest("b", other);
    host.apply(host(vpc(1, List.of(OPEN), good), vpc(2, List.of(OPEN), other)));

    Step step =
        converge(
            host(
                vpc(1, List.of(OPEN), withPublic(good, "198.18.0.5")),
                vpc(2, List.of(OPEN), withPublic(other, "198.18.0.six"))));

    assertThat(step).isInstanceOf(Step.Again.class);
    assertThat(((Step.Again) step).waitingFor()).contains(vpc(2).value(), "198.18.0.six");
    assertThat(ready((ResourceStatus.HostNetwork) step.status())).isEqualTo(1);
    assertThat(host.commands.run("ip", "route", "show", "proto", "72")).contains("198.18.0.5 via");
    assertThat(host.namespaces.routers()).as("the other router stands").hasSize(2);
  }

  @Test
  void onlyADocumentWithoutSenseForAllVpcsIsRefusedForGood() {
    HostNetworkSpec spec = host(vpc(1, List.of(OPEN), nic(5, 1, "10.0.0.5", 1)));
    assertThatThrownBy(() -> converge(new HostNetworkSpec("everything", spec.vpcs())))
        .isInstanceOfSatisfying(
            AgentException.class,
            e -> assertThat(e.fault().code()).isEqualTo(AgentFault.Code.INVALID_SPEC))
        .hasMessageContaining("everything");
  }

  private Step converge(HostNetworkSpec spec) throws InterruptedException {
    return host.converger()
        .converge(
            new DesiredDocument(DocumentKind.HOST_NETWORK, "host-00000000000000001", 1, spec));
  }

  @Test
  void aRealTapIsMovedAndReplacedByTheNextOfItsName() throws Exception {
    Interface a = nic(5, 1, "10.0.0.5", 1);
    String tap = TapName.of(a.eniId());
    // What a maker that died half-way leaves behind is no obstacle.
    Files.createFile(NetworkNamespaces.file(ROUTER));
    for (int round = 0; round < 2; round++) {
      host.commands.run("ip", "tuntap", "add", tap, "mode", "tap");
      assertThat(ready(host.apply(host(vpc(1, List.of(OPEN), a))))).isEqualTo(1);
      assertThat(host.commands.run("ip", "link")).doesNotContain(tap);
      assertThat(host.commands.run("ip", "-n", ROUTER, "link", "show", tap))
          .contains("mtu 1450", "0a:ff:ff:ff:00:01", "UP");
    }
  }

  private static long ready(ResourceStatus.HostNetwork status) {
    return status.interfaces().stream().filter(ResourceStatus.Nic::ready).count();
  }

  @Test
  void aSecondConvergenceChangesNothing() throws Exception {
    Interface a = withPublic(nic(5, 1, "10.0.0.5", 1), "198.18.0.5");
    var spec = host(vpc(1, List.of(OPEN), a));
    host.guest("a", a);
    host.apply(spec);
    Map<String, String> before = everything();
    host.apply(spec);
    assertThat(everything()).isEqualTo(before);
  }

  private Map<String, String> everything() throws Exception {
    Map<String, String> all = new HashMap<>();
    all.put("rules", host.nft(ROUTER, "-a", "list", "ruleset"));
    all.put("host rules", host.commands.run("nft", "-a", "list", "ruleset"));
    all.put("addresses", host.commands.run("ip", "-n", ROUTER, "addr"));
    all.put("routes", host.commands.run("ip", "-n", ROUTER, "route"));
    all.put("host routes", host.commands.run("ip", "route"));
    all.put("dnsmasq", Long.toString(dnsmasq()));
    return all;
  }

  private static byte[] question(String name, int type) {
    ByteBuffer packet = ByteBuffer.allocate(512);
    packet.putShort((short) 77).putShort((short) 0x0100).putShort((short) 1);
    packet.putShort((short) 0).putShort((short) 0).putShort((short) 0);
    for (String label : name.split("\\.")) {
      packet.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
    }
    packet.put((byte) 0).putShort((short) type).putShort((short) 1);
    return java.util.Arrays.copyOf(packet.array(), packet.position());
  }
}
