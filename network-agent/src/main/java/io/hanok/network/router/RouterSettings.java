package io.hanok.network.router;

import io.hanok.network.netns.NetworkNamespaces;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** The kernel's settings of a router's namespace and of its taps. */
final class RouterSettings {
  private static final Path SETTINGS = Path.of("/proc/sys/net");

  private RouterSettings() {}

  /** Setting below {@code net/} → value. */
  static Map<String, String> of(Set<String> taps) {
    Map<String, String> values = new TreeMap<>();
    values.put("ipv4/ip_forward", "1");
    for (String scope : new String[] {"all", "default"}) {
      values.put("ipv4/conf/" + scope + "/rp_filter", "0");
      values.put("ipv4/conf/" + scope + "/send_redirects", "0");
      values.put("ipv4/conf/" + scope + "/accept_redirects", "0");
      values.put("ipv6/conf/" + scope + "/disable_ipv6", "1");
      values.put("ipv6/conf/" + scope + "/accept_ra", "0");
    }
    for (String tap : taps) {
      values.put("ipv4/conf/" + tap + "/proxy_arp", "1");
      values.put("ipv4/conf/" + tap + "/rp_filter", "0");
      values.put("ipv4/conf/" + tap + "/send_redirects", "0");
      // The default delays each answer by up to 0.8 s.
      values.put("ipv4/neigh/" + tap + "/proxy_delay", "0");
    }
    return values;
  }

  /** Writes what differs. A kernel without IPv6 has nothing to switch off. */
  static void apply(NetworkNamespaces namespaces, String namespace, Set<String> taps)
      throws InterruptedException {
    Map<String, String> values = of(taps);
    namespaces.call(
        namespace,
        () -> {
          for (Map.Entry<String, String> entry : values.entrySet()) {
            write(SETTINGS.resolve(entry.getKey()), entry.getValue());
          }
          return null;
        });
  }

  private static void write(Path setting, String value) throws IOException {
    if (Files.exists(setting) && !Files.readString(setting).strip().equals(value)) {
      Files.writeString(setting, value);
    }
  }
}
