package io.hanok.control.securitygroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.control.shared.CloudException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;

class PermissionsTest {
  private static final Permissions.Peers PEERS = UserIdGroupPair::groupId;

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "tcp, 22, 22, 10.0.0.0/8, tcp, 22, 22, 10.0.0.0/8",
        "6, 0, 65535, 0.0.0.0/0, tcp, 0, 65535, 0.0.0.0/0",
        "TCP, 80, 90, 203.0.113.7/32, tcp, 80, 90, 203.0.113.7/32",
        "17, 53, 53, 100.68.0.18/18, udp, 53, 53, 100.68.0.0/18",
        "icmp, -, -, 10.0.0.0/8, icmp, -1, -1, 10.0.0.0/8",
        "icmp, 8, -1, 10.0.0.0/8, icmp, 8, -1, 10.0.0.0/8",
        "1, 3, 4, 10.0.0.0/8, icmp, 3, 4, 10.0.0.0/8",
        "-1, 22, 22, 10.0.0.5/24, -1, -, -, 10.0.0.0/24",
        "all, -, -, 10.0.0.0/8, -1, -, -, 10.0.0.0/8",
        "50, -, -, 10.0.0.0/8, 50, -, -, 10.0.0.0/8",
      })
  void whatIsWrittenIsReadInOneForm(
      String protocol,
      Integer from,
      Integer to,
      String cidr,
      String readProtocol,
      Integer readFrom,
      Integer readTo,
      String readCidr) {
    assertThat(Permissions.read(List.of(written(protocol, from, to, cidr)), PEERS))
        .containsExactly(new Permission(readProtocol, readFrom, readTo, readCidr, null, null));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        "tcp, -, -, 10.0.0.0/8, InvalidParameterValue",
        "tcp, 22, -, 10.0.0.0/8, InvalidParameterValue",
        "tcp, 23, 22, 10.0.0.0/8, InvalidParameterValue",
        "tcp, -1, 22, 10.0.0.0/8, InvalidParameterValue",
        "udp, 0, 65536, 10.0.0.0/8, InvalidParameterValue",
        "icmp, 256, -1, 10.0.0.0/8, InvalidParameterValue",
        "icmp, -1, 3, 10.0.0.0/8, InvalidParameterValue",
        "tcpx, 22, 22, 10.0.0.0/8, InvalidParameterValue",
        "256, -, -, 10.0.0.0/8, InvalidParameterValue",
        "-, 22, 22, 10.0.0.0/8, InvalidPermission.Malformed",
        "tcp, 22, 22, -, InvalidPermission.Malformed",
        "tcp, 22, 22, 10.0.0.0, InvalidParameterValue",
        "tcp, 22, 22, 10.0.0.0/33, InvalidParameterValue",
        "tcp, 22, 22, 10.0.0.256/32, InvalidParameterValue",
        "tcp, 22, 22, 10.0.0.01/32, InvalidParameterValue",
        "tcp, 22, 22, anywhere, InvalidParameterValue",
        "tcp, 22, 22, fd00::/8, UnsupportedOperation",
        "icmpv6, -1, -1, 10.0.0.0/8, UnsupportedOperation",
      })
  void whatCannotBeARuleIsRefused(
      String protocol, Integer from, Integer to, String cidr, String code) {
    assertThatThrownBy(() -> Permissions.read(List.of(written(protocol, from, to, cidr)), PEERS))
        .isInstanceOfSatisfying(
            CloudException.class, e -> assertThat(e.code().code()).isEqualTo(code));
  }

  @Test
  void eachPeerIsARule() {
    IpPermission one =
        IpPermission.builder()
            .ipProtocol("tcp")
            .fromPort(443)
            .toPort(443)
            .ipRanges(
                r -> r.cidrIp("10.0.0.0/8").description("offices"), r -> r.cidrIp("11.0.0.0/8"))
            .userIdGroupPairs(p -> p.groupId("sg-1"))
            .build();
    assertThat(Permissions.read(List.of(one), PEERS))
        .containsExactly(
            new Permission("tcp", 443, 443, "10.0.0.0/8", null, "offices"),
            new Permission("tcp", 443, 443, "11.0.0.0/8", null, null),
            new Permission("tcp", 443, 443, null, "sg-1", null));
  }

  @Test
  void whatThisCloudDoesNotServeIsSaid() {
    Stream.of(
            IpPermission.builder().ipProtocol("tcp").ipv6Ranges(r -> r.cidrIpv6("::/0")).build(),
            IpPermission.builder()
                .ipProtocol("tcp")
                .prefixListIds(p -> p.prefixListId("pl-1"))
                .build())
        .forEach(
            written ->
                assertThatThrownBy(() -> Permissions.read(List.of(written), PEERS))
                    .isInstanceOfSatisfying(
                        CloudException.class,
                        e -> assertThat(e.code().code()).isEqualTo("UnsupportedOperation")));
  }

  private static IpPermission written(String protocol, Integer from, Integer to, String cidr) {
    return IpPermission.builder()
        .ipProtocol(protocol)
        .fromPort(from)
        .toPort(to)
        .ipRanges(cidr == null ? List.of() : List.of(IpRange.builder().cidrIp(cidr).build()))
        .build();
  }
}
