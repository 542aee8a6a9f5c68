package io.hanok.network.router;

import io.hanok.agent.runtime.HostCommands;
import io.hanok.network.nft.Nft;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Knows when each guest was last heard by ARP or DHCP since its tap appeared.
 *
 * <p>The kernel keeps the times: tables of their own, never reloaded, whose sets have an element
 * for each tap, refreshed by every ARP and DHCP packet that passed the checks against forged
 * senders; the time is what is left of the element's year.
 */
public final class SeenGuests {
  private static final Duration KEPT = Duration.ofDays(365);
  private static final List<String> FAMILIES = List.of("arp", "inet");
  private static final String TABLE = "hanok_seen";
  private static final String TABLES =
      """
      table arp hanok_seen {
        set seen {
          type ifname
          flags dynamic,timeout
          timeout 365d
        }
        chain heard {
          type filter hook input priority filter + 1; policy accept;
          iifname "e*" update @seen { iifname }
        }
      }
      table inet hanok_seen {
        set seen {
          type ifname
          flags dynamic,timeout
          timeout 365d
        }
        chain heard {
          type filter hook prerouting priority raw + 1; policy accept;
          iifname "e*" udp sport 68 udp dport 67 update @seen { iifname }
        }
      }
      """;

  private final Nft nft;
  private final Clock clock;
  private final JsonMapper json = JsonMapper.builder().build();

  public SeenGuests(Nft nft, Clock clock) {
    this.nft = nft;
    this.clock = clock;
  }

  /** Ensures that the kernel keeps the times. */
  void ensure(String namespace) {
    Optional<String> in = Optional.of(namespace);
    if (!nft.attempt(in, "list", "chain", "inet", TABLE, "heard").succeeded()) {
      nft.load(in, TABLES);
    }
  }

  /** Forgets a guest whose tap has just appeared anew. */
  void forget(String namespace, List<String> taps) {
    if (taps.isEmpty()) {
      return;
    }
    StringBuilder lines = new StringBuilder();
    for (String tap : taps) {
      for (String family : FAMILIES) {
        String element = " element " + family + " " + TABLE + " seen { \"" + tap + "\" }\n";
        lines.append("add").append(element).append("delete").append(element);
      }
    }
    nft.load(Optional.of(namespace), lines.toString());
  }

  /** Tap → when its guest was last heard. */
  public Map<String, Instant> read(String namespace) {
    Map<String, Instant> seen = new HashMap<>();
    Instant now = clock.instant();
    for (String family : FAMILIES) {
      HostCommands.Result result =
          nft.attempt(Optional.of(namespace), "-j", "list", "set", family, TABLE, "seen");
      if (!result.succeeded()) {
        continue;
      }
      for (JsonNode object : json.readTree(result.output()).path("nftables")) {
        for (JsonNode element : object.path("set").path("elem")) {
          JsonNode inner = element.path("elem");
          Duration left = Duration.ofSeconds(inner.path("expires").asLong(0));
          Instant heard = now.minus(KEPT.minus(left));
          seen.merge(inner.path("val").asString(""), heard, (a, b) -> a.isAfter(b) ? a : b);
        }
      }
    }
    return seen;
  }
}
