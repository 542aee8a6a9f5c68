package io.hanok.network;

import static io.hanok.network.Documents.EVERYTHING;
import static io.hanok.network.Documents.from;
import static io.hanok.network.Documents.group;
import static io.hanok.network.Documents.nic;
import static io.hanok.network.Documents.open;
import static io.hanok.network.Documents.unchecked;
import static io.hanok.network.Documents.vpc;
import static io.hanok.network.Documents.withPublic;
import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.HostNetworkSpec.SecurityGroup;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.network.dhcp.DnsmasqFiles;
import io.hanok.network.nft.VpcRuleset;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The texts that a small VPC becomes, whole, for a reader to judge. */
class GoldenTextsTest {
  private static final SecurityGroup SERVERS =
      new SecurityGroup(
          group(1),
          List.of(
              from("tcp", 22, 22, "0.0.0.0/0"),
              from("tcp", 8000, 8100, "10.0.0.0/8"),
              from("udp", null, null, "10.0.1.0/24"),
              from("icmp", 8, -1, "0.0.0.0/0"),
              from("icmp", 3, 4, "0.0.0.0/0"),
              from("-1", null, null, group(1)),
              from("47", null, null, group(2)),
              from("tcp", 443, 443, "::/0")),
          List.of(EVERYTHING),
          List.of("10.0.0.5", "10.0.0.77"));
  private static final Vpc VPC =
      vpc(
          1,
          List.of(SERVERS, open(3, List.of(), "10.0.1.6")),
          withPublic(nic(5, 1, "10.0.0.5", 1), "198.18.0.5"),
          unchecked(withPublic(nic(6, 2, "10.0.1.6", 1, 3), "198.18.0.6")));

  @Test
  void theRulesetOfARouter() throws IOException {
    assertThat(VpcRuleset.of(VPC, "169.254.64.1").load()).isEqualTo(golden("vpc.nft"));
  }

  @Test
  void theFilesOfDnsmasq() throws IOException {
    DnsmasqFiles files = DnsmasqFiles.of(VPC, Path.of("/state/vpc"), List.of("192.0.2.53"));
    assertThat(files.configuration()).isEqualTo(golden("dnsmasq.conf"));
    assertThat(files.hosts())
        .containsEntry("eni-00000000000000005", "0a:00:00:00:00:05,10.0.0.5,ip-10-0-0-5\n");
    assertThat(files.names()).isEmpty();
  }

  private static String golden(String name) throws IOException {
    try (var in = GoldenTextsTest.class.getResourceAsStream("/golden/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
