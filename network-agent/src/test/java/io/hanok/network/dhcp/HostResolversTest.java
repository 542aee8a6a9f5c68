package io.hanok.network.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class HostResolversTest {
  @Test
  void onlyWhatANamespaceCanReachIsTaken() {
    assertThat(
            HostResolvers.in(
                """
                # comment
                search lan
                nameserver 127.0.0.53
                nameserver 192.0.2.53
                nameserver fe80::1%eth0
                nameserver 192.0.2.53
                """))
        .containsExactly("192.0.2.53");
  }
}
