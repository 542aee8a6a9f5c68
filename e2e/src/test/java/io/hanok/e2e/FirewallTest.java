package io.hanok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.e2e.support.Guest;
import io.hanok.e2e.support.Output;
import io.hanok.e2e.support.Reach;
import io.hanok.e2e.support.Shell;
import io.hanok.e2e.support.Stack;
import io.hanok.e2e.support.Trio;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;

/** Security groups on running guests, and what a guest that lies about itself is heard of. */
@Order(30)
@ExtendWith(Trio.Shared.class)
class FirewallTest {
  private static final Duration CONNECT = Duration.ofSeconds(3);
  private static final Duration AT_ONCE = Duration.ofSeconds(20);
  private static final IpPermission SSH =
      IpPermission.builder()
          .ipProtocol("tcp")
          .fromPort(22)
          .toPort(22)
          .ipRanges(r -> r.cidrIp("0.0.0.0/0"))
          .build();

  private final Stack stack = Stack.running();

  @Test
  void revokingARuleSilencesNewConnectionsAndSparesTheOldOnes(Trio trio) throws IOException {
    Guest guest = trio.first();
    String address = guest.publicAddress();
    String group = trio.tenant().group();
    try (Ec2Client ec2 = stack.ec2();
        Shell old = guest.open(Duration.ofSeconds(20))) {
      assertThat(Reach.of(address, 22, CONNECT)).isEqualTo(Reach.OPEN);
      long revoked = System.nanoTime();
      ec2.revokeSecurityGroupIngress(r -> r.groupId(group).ipPermissions(SSH));
      Stack.await(
          "port 22 to be silent",
          AT_ONCE,
          () -> Reach.of(address, 22, Duration.ofMillis(300)) == Reach.SILENT);
      tell("revoked port 22", revoked);
      assertThat(Reach.of(address, 22, CONNECT)).isEqualTo(Reach.SILENT);
      assertThat(old.run("echo still here").text()).isEqualTo("still here");

      long authorized = System.nanoTime();
      ec2.authorizeSecurityGroupIngress(r -> r.groupId(group).ipPermissions(SSH));
      Stack.await(
          "port 22 to be open",
          AT_ONCE,
          () -> Reach.of(address, 22, Duration.ofMillis(300)) == Reach.OPEN);
      tell("authorized port 22", authorized);
      assertThat(old.run("echo and here").text()).isEqualTo("and here");
    }
  }

  private static void tell(String what, long since) {
    System.out.printf(
        "%s: seen from outside after %d ms%n", what, (System.nanoTime() - since) / 1_000_000);
  }

  @Test
  void whatNoRuleAllowsIsSilentEvenWhereNobodyListens(Trio trio) {
    assertThat(Reach.of(trio.first().publicAddress(), 23, CONNECT)).isEqualTo(Reach.SILENT);
  }

  @Test
  void aRuleThatNamesAGroupLetsItsMembersInAndNobodyElse(Trio trio) {
    Guest server = trio.first();
    Guest member = trio.second();
    Guest stranger = trio.third();
    String ssh = trio.tenant().group();
    try (Ec2Client ec2 = stack.ec2()) {
      String clients = group(ec2, trio, "clients");
      String servers = group(ec2, trio, "servers");
      ec2.authorizeSecurityGroupIngress(
          r ->
              r.groupId(servers)
                  .ipPermissions(
                      p ->
                          p.ipProtocol("tcp")
                              .fromPort(8080)
                              .toPort(8080)
                              .userIdGroupPairs(
                                  UserIdGroupPair.builder().groupId(clients).build())));
      member.say("true");
      server.say(
          "(while :; do echo welcome | nc -l -p 8080; done) > /dev/null 2>&1 < /dev/null &"
              + " echo $! > /tmp/server");
      assertThat(greeting(member, server)).as("in no group yet").isEmpty();
      groups(ec2, server, ssh, servers);
      groups(ec2, member, ssh, clients);
      Stack.await(
          "the member to be let in", AT_ONCE, () -> greeting(member, server).equals("welcome"));
      assertThat(greeting(stranger, server)).isEmpty();

      groups(ec2, member, ssh);
      groups(ec2, stranger, ssh, clients);
      Stack.await(
          "the new member to be let in",
          AT_ONCE,
          () -> greeting(stranger, server).equals("welcome"));
      Stack.await(
          "the former member to be shut out", AT_ONCE, () -> greeting(member, server).isEmpty());

      groups(ec2, stranger, ssh);
      groups(ec2, server, ssh);
      server.run("kill $(cat /tmp/server); killall nc");
      ec2.deleteSecurityGroup(r -> r.groupId(servers));
      ec2.deleteSecurityGroup(r -> r.groupId(clients));
    }
  }

  private static String group(Ec2Client ec2, Trio trio, String name) {
    return ec2.createSecurityGroup(
            r -> r.groupName(trio.tenant().name() + "-" + name).description(name))
        .groupId();
  }

  private static void groups(Ec2Client ec2, Guest guest, String... groups) {
    ec2.modifyInstanceAttribute(r -> r.instanceId(guest.id()).groups(List.of(groups)));
  }

  /** What the server says to the client, or nothing if it is not heard within two seconds. */
  private static String greeting(Guest client, Guest server) {
    return client
        .run("timeout 2 nc " + server.privateAddress() + " 8080 < /dev/null")
        .out()
        .strip();
  }

  @Test
  void aGuestThatForgesItsAddressIsNotHeard(Trio trio) {
    Guest liar = trio.second();
    Guest listener = trio.first();
    listenToPings(
        trio,
        () -> {
          String forged = forgedAddress(liar.privateAddress());
          long before = pingsHeard(listener);
          Output ping =
              liar.run(
                  "sudo ip addr add %1$s/32 dev eth0; sudo ping -c 3 -W 1 -I %1$s %2$s; sudo ip addr del %1$s/32 dev eth0"
                      .formatted(forged, listener.privateAddress()));
          assertThat(ping.out()).contains("3 packets transmitted, 0 packets received");
          assertThat(pingsHeard(listener)).isEqualTo(before);
          assertThat(honestPing(liar, listener)).contains(" 0% packet loss");
          assertThat(pingsHeard(listener)).isEqualTo(before + 2);
        });
  }

  @Test
  void aGuestThatForgesItsHardwareAddressIsNotHeard(Trio trio) {
    Guest liar = trio.second();
    Guest listener = trio.first();
    listenToPings(
        trio,
        () -> {
          long before = pingsHeard(listener);
          liar.say("cat /sys/class/net/eth0/address > /tmp/mac");
          // Its own session hangs meanwhile, so the lie is a script of its own, which ends by
          // itself.
          liar.say(
              ("sudo setsid sh -c 'ip link set eth0 address 02:00:00:00:00:77;"
                      + " ping -c 3 -W 1 %s > /tmp/lie 2>&1; ip link set eth0 address $(cat /tmp/mac);"
                      + " echo over >> /tmp/lie' > /dev/null 2>&1 < /dev/null &")
                  .formatted(listener.privateAddress()));
          liar.disconnect();
          Stack.await(
              "the lie to be over", Guest.BOOT, () -> liar.say("cat /tmp/lie").endsWith("over"));
          assertThat(liar.say("cat /tmp/lie"))
              .contains("3 packets transmitted, 0 packets received");
          assertThat(pingsHeard(listener)).isEqualTo(before);
          assertThat(honestPing(liar, listener)).contains(" 0% packet loss");
          assertThat(pingsHeard(listener)).isEqualTo(before + 2);
        });
  }

  /** Pings are let in while a story runs, so that silence is due to the lie. */
  private void listenToPings(Trio trio, Runnable story) {
    IpPermission ping =
        IpPermission.builder()
            .ipProtocol("icmp")
            .fromPort(-1)
            .toPort(-1)
            .ipRanges(r -> r.cidrIp("0.0.0.0/0"))
            .build();
    String group = trio.tenant().group();
    try (Ec2Client ec2 = stack.ec2()) {
      ec2.authorizeSecurityGroupIngress(r -> r.groupId(group).ipPermissions(ping));
      try {
        Stack.await(
            "an honest ping to be answered",
            AT_ONCE,
            () -> honestPing(trio.second(), trio.first()).contains(" 0% packet loss"));
        story.run();
      } finally {
        ec2.revokeSecurityGroupIngress(r -> r.groupId(group).ipPermissions(ping));
      }
    }
  }

  private static String honestPing(Guest from, Guest to) {
    return from.run("sudo ping -c 2 -W 2 " + to.privateAddress()).out();
  }

  /** How many echo requests the guest's kernel has received since it booted. */
  private static long pingsHeard(Guest guest) {
    return Long.parseLong(
        guest.say(
            "awk '/^Icmp:/ { if (n++) print $c; else for (i = 1; i <= NF; i++)"
                + " if ($i == \"InEchos\") c = i }' /proc/net/snmp"));
  }

  /** Another address of the same subnet. */
  private static String forgedAddress(String address) {
    int dot = address.lastIndexOf('.');
    int last = Integer.parseInt(address.substring(dot + 1));
    return address.substring(0, dot + 1) + (last >= 200 ? last - 50 : last + 50);
  }
}
