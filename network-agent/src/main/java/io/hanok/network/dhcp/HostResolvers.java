package io.hanok.network.dhcp;

import io.hanok.network.address.Ipv4Range;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Finds the resolvers that the host itself asks.
 *
 * <p>One on a loopback address cannot be reached from a namespace; where systemd-resolved is behind
 * it, the file that names the real ones is read instead.
 */
public final class HostResolvers {
  private static final List<Path> FILES =
      List.of(Path.of("/etc/resolv.conf"), Path.of("/run/systemd/resolve/resolv.conf"));

  private HostResolvers() {}

  /** Addresses of the host's resolvers, or none: then only internal names are answered. */
  public static List<String> read() {
    for (Path file : FILES) {
      try {
        List<String> found = in(Files.readString(file));
        if (!found.isEmpty()) {
          return found;
        }
      } catch (IOException absent) {
        // The next file may be there.
      }
    }
    return List.of();
  }

  static List<String> in(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> line.startsWith("nameserver"))
        .map(line -> line.substring("nameserver".length()).strip())
        .filter(address -> !address.contains(":") && !address.contains("%"))
        .filter(address -> !Ipv4Range.parse("127.0.0.0/8").contains(address))
        .distinct()
        .toList();
  }
}
