package io.hanok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.e2e.support.Guest;
import io.hanok.e2e.support.Stack;
import io.hanok.e2e.support.Tenant;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaunchTest {
  @Test
  void oneCallLaunchesThreeGuestsThatCanBeLoggedInto() {
    try (Tenant tenant = Tenant.of(Stack.running(), "launch")) {
      List<Guest> guests = tenant.launch(3, r -> {});
      guests.forEach(Guest::awaitShell);
      assertThat(new HashSet<>(guests.stream().map(g -> g.say("hostname")).toList())).hasSize(3);
    }
  }
}
