package io.hanok.network;

import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.agent.api.TapName;
import io.hanok.agent.runtime.AgentException;
import io.hanok.network.dhcp.Dnsmasqs;
import io.hanok.network.netns.NetworkNamespaces;
import io.hanok.network.router.SeenGuests;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Looks, cheaply, whether the host still is as the last convergence left it: whether a tap that
 * somebody waits for has appeared, one has vanished with its guest, a dnsmasq died, or a guest has
 * been heard for the first time.
 */
final class HostView {
  private final NetworkNamespaces namespaces;
  private final Dnsmasqs dnsmasqs;
  private final SeenGuests seen;
  private volatile List<Expected> expected = List.of();

  HostView(NetworkNamespaces namespaces, Dnsmasqs dnsmasqs, SeenGuests seen) {
    this.namespaces = namespaces;
    this.dnsmasqs = dnsmasqs;
    this.seen = seen;
  }

  /**
   * What the last convergence left of one VPC.
   *
   * @param taps taps in the router
   * @param heard taps whose guests have been heard
   */
  record Expected(Vpc vpc, Set<String> taps, Set<String> heard) {
    Expected {
      taps = Set.copyOf(taps);
      heard = Set.copyOf(heard);
    }

    Set<String> interfaces() {
      return vpc.interfaces().stream()
          .map(nic -> TapName.of(nic.eniId()))
          .collect(Collectors.toSet());
    }
  }

  /** Says what the last convergence left. */
  void expect(List<Expected> now) {
    expected = List.copyOf(now);
  }

  /** The id of the interface whose tap has this name, or null if no document names it. */
  String interfaceOf(String tap) {
    return expected.stream()
        .flatMap(e -> e.vpc().interfaces().stream())
        .map(Interface::eniId)
        .filter(eni -> TapName.of(eni).equals(tap))
        .map(eni -> eni.value())
        .findFirst()
        .orElse(null);
  }

  /** Whether a device is a tap that a document names. */
  boolean awaited(String device) {
    return expected.stream().anyMatch(e -> e.interfaces().contains(device));
  }

  /** Whether something changed that a convergence should look at. */
  boolean changed() throws InterruptedException {
    List<Expected> now = expected;
    if (now.isEmpty()) {
      return false;
    }
    if (devices().stream().anyMatch(this::awaited)) {
      return true;
    }
    for (Expected one : now) {
      String namespace = NetworkNamespaces.of(one.vpc().vpcId());
      if (namespaces.inode(namespace) == 0 || !dnsmasqs.alive(one.vpc().vpcId())) {
        return true;
      }
      Set<String> taps = namespaces.call(namespace, HostView::devices);
      if (!taps.containsAll(one.taps())) {
        return true;
      }
    }
    return false;
  }

  /** Whether a guest has been heard that had not been. */
  boolean newlyHeard() {
    for (Expected one : expected) {
      if (!one.heard().containsAll(one.taps())) {
        try {
          Set<String> heard = seen.read(NetworkNamespaces.of(one.vpc().vpcId())).keySet();
          if (one.taps().stream().anyMatch(t -> heard.contains(t) && !one.heard().contains(t))) {
            return true;
          }
        } catch (AgentException gone) {
          return true;
        }
      }
    }
    return false;
  }

  /** The devices of the namespace of the thread that asks. */
  private static Set<String> devices() {
    try {
      return Files.readString(Path.of("/proc/thread-self/net/dev"))
          .lines()
          .filter(line -> line.contains(":"))
          .map(line -> line.substring(0, line.indexOf(':')).strip())
          .collect(Collectors.toSet());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
