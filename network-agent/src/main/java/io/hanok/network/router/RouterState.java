package io.hanok.network.router;

import java.util.Map;
import java.util.Set;

/**
 * What is in the namespace of a router: read from the host, or wanted.
 *
 * @param devices devices by name
 * @param routes routes of the main table
 * @param neighbours permanent neighbours
 */
public record RouterState(
    Map<String, Device> devices, Set<Route> routes, Set<Neighbour> neighbours) {
  public RouterState {
    devices = Map.copyOf(devices);
    routes = Set.copyOf(routes);
    neighbours = Set.copyOf(neighbours);
  }

  /**
   * A network device.
   *
   * @param mac hardware address
   * @param mtu MTU in bytes
   * @param up whether it is administratively up
   * @param addresses IPv4 addresses with their prefix, {@code 10.0.0.1/24}
   */
  public record Device(String mac, int mtu, boolean up, Set<String> addresses) {
    public Device {
      addresses = Set.copyOf(addresses);
    }
  }

  /**
   * A route.
   *
   * @param destination address, range or {@code default}
   * @param device outgoing device; empty for a route that answers "unreachable"
   * @param via gateway, or empty
   * @param source preferred source address, or empty
   */
  public record Route(String destination, String device, String via, String source) {
    /** The arguments that name this route to {@code ip route replace}. */
    String arguments() {
      if (device.isEmpty()) {
        return "unreachable " + destination + " metric " + UNREACHABLE_METRIC;
      }
      return destination
          + (via.isEmpty() ? "" : " via " + via)
          + " dev "
          + device
          + (source.isEmpty() ? "" : " src " + source);
    }
  }

  /** A neighbour that is never asked for. */
  public record Neighbour(String address, String device, String mac) {}

  static final int UNREACHABLE_METRIC = 4000;
}
