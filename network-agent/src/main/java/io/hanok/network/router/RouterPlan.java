package io.hanok.network.router;

import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.Subnet;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.agent.api.TapName;
import io.hanok.agent.api.id.SubnetId;
import io.hanok.network.address.Ipv4Range;
import io.hanok.network.address.MacAddress;
import io.hanok.network.address.ServiceAddresses;
import io.hanok.network.nft.VpcRuleset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Decides which lines of {@code ip -batch} bring the namespace of a VPC's router to what its
 * description asks for, given what is there.
 *
 * <p>Every subnet's gateway, the resolver and the service addresses sit on {@code gw0}, a bridge
 * without ports, with no connected route: each guest is reached by a route of 32 bits over its own
 * tap, and whatever else lies in the VPC's ranges is unreachable, so that it cannot leak to the
 * default route. A gateway address that goes takes every route with it that names it as its source;
 * so all routes are set again after one went.
 */
public final class RouterPlan {
  /** The bridge with the router's addresses. */
  public static final String GATEWAY = "gw0";

  private static final int LINK_MTU = 1500;

  private RouterPlan() {}

  /**
   * What should be there.
   *
   * @param taps the taps that are in the namespace, or will be
   */
  public static RouterState wanted(Vpc vpc, Link link, Set<String> taps) {
    Map<String, RouterState.Device> devices = new HashMap<>();
    Set<RouterState.Route> routes = new HashSet<>();
    Set<RouterState.Neighbour> neighbours = new HashSet<>();
    devices.put(
        GATEWAY,
        new RouterState.Device(ServiceAddresses.ROUTER_MAC, LINK_MTU, true, gatewayAddresses(vpc)));
    devices.put(
        VpcRuleset.UPLINK,
        new RouterState.Device("", LINK_MTU, true, Set.of(link.routerAddress() + "/31")));
    routes.add(
        new RouterState.Route(
            link.hostAddress() + "/31", VpcRuleset.UPLINK, "", link.routerAddress()));
    routes.add(new RouterState.Route("default", VpcRuleset.UPLINK, link.hostAddress(), ""));
    for (String cidr : vpc.cidrs()) {
      routes.add(new RouterState.Route(Ipv4Range.parse(cidr).toString(), "", "", ""));
    }
    Map<SubnetId, Subnet> subnets =
        vpc.subnets().stream().collect(Collectors.toMap(Subnet::subnetId, s -> s));
    for (Interface nic : vpc.interfaces()) {
      String tap = TapName.of(nic.eniId());
      if (!taps.contains(tap)) {
        continue;
      }
      if (!subnets.containsKey(nic.subnetId())) {
        throw new IllegalArgumentException(
            nic.eniId() + " is in " + nic.subnetId() + ", which is not among the subnets");
      }
      String gateway = Ipv4Range.parse(subnets.get(nic.subnetId()).cidr()).at(1);
      devices.put(
          tap, new RouterState.Device(ServiceAddresses.ROUTER_MAC, nic.mtu(), true, Set.of()));
      for (String address : nic.privateAddresses()) {
        String own = Ipv4Range.address(address);
        routes.add(new RouterState.Route(own, tap, "", gateway));
        neighbours.add(new RouterState.Neighbour(own, tap, new MacAddress(nic.mac()).text()));
      }
    }
    return new RouterState(devices, routes, neighbours);
  }

  private static Set<String> gatewayAddresses(Vpc vpc) {
    Set<String> addresses = new TreeSet<>();
    for (Subnet subnet : vpc.subnets()) {
      Ipv4Range range = Ipv4Range.parse(subnet.cidr());
      addresses.add(range.at(1) + "/" + range.prefix());
    }
    addresses.add(resolver(vpc) + "/32");
    addresses.add(ServiceAddresses.METADATA + "/32");
    addresses.add(ServiceAddresses.RESOLVER + "/32");
    addresses.add(ServiceAddresses.TIME + "/32");
    return addresses;
  }

  /** The address of the VPC's resolver: base + 2 of its first range, as on EC2. */
  public static String resolver(Vpc vpc) {
    return Ipv4Range.parse(vpc.cidrs().getFirst()).at(2);
  }

  /** The lines of {@code ip -batch} that lead from one state to the other, in order. */
  public static List<String> changes(RouterState now, RouterState wanted) {
    List<String> lines = new ArrayList<>();
    now.devices().keySet().stream()
        .filter(d -> TapName.matches(d) && !wanted.devices().containsKey(d))
        .sorted()
        .forEach(d -> lines.add("link del " + d));
    boolean addressGone = false;
    for (var entry : new TreeMap<>(wanted.devices()).entrySet()) {
      RouterState.Device had = now.devices().get(entry.getKey());
      addressGone |= device(entry.getKey(), had, entry.getValue(), lines);
    }
    neighbours(now, wanted, lines);
    routes(now, wanted, addressGone, lines);
    return lines;
  }

  private static boolean device(
      String name, RouterState.Device had, RouterState.Device wanted, List<String> lines) {
    if (had == null && name.equals(GATEWAY)) {
      lines.add("link add " + GATEWAY + " type bridge");
    }
    if (!wanted.mac().isEmpty() && (had == null || !had.mac().equals(wanted.mac()))) {
      lines.add("link set " + name + " address " + wanted.mac());
    }
    if (had == null || had.mtu() != wanted.mtu()) {
      lines.add("link set " + name + " mtu " + wanted.mtu());
    }
    if (had == null || !had.up()) {
      lines.add("link set " + name + " up");
    }
    Set<String> addresses = had == null ? Set.of() : had.addresses();
    for (String address : new TreeSet<>(wanted.addresses())) {
      if (!addresses.contains(address)) {
        lines.add(
            "addr add "
                + address
                + " dev "
                + name
                + (name.equals(GATEWAY) ? " noprefixroute" : ""));
      }
    }
    boolean gone = false;
    for (String address : new TreeSet<>(addresses)) {
      if (!wanted.addresses().contains(address)) {
        lines.add("addr del " + address + " dev " + name);
        gone = true;
      }
    }
    return gone;
  }

  private static void neighbours(RouterState now, RouterState wanted, List<String> lines) {
    for (RouterState.Neighbour neighbour : sorted(wanted.neighbours())) {
      if (!now.neighbours().contains(neighbour)) {
        lines.add(
            "neigh replace %s lladdr %s dev %s nud permanent"
                .formatted(neighbour.address(), neighbour.mac(), neighbour.device()));
      }
    }
    Set<String> kept =
        wanted.neighbours().stream()
            .map(n -> n.address() + " dev " + n.device())
            .collect(Collectors.toSet());
    for (RouterState.Neighbour neighbour : sorted(now.neighbours())) {
      String place = neighbour.address() + " dev " + neighbour.device();
      if (!kept.contains(place) && wanted.devices().containsKey(neighbour.device())) {
        lines.add("neigh del " + place);
      }
    }
  }

  private static void routes(RouterState now, RouterState wanted, boolean all, List<String> lines) {
    for (RouterState.Route route : sortedRoutes(wanted.routes())) {
      if (all || !now.routes().contains(route)) {
        lines.add("route replace " + route.arguments());
      }
    }
    Set<String> kept =
        wanted.routes().stream().map(RouterState.Route::destination).collect(Collectors.toSet());
    for (RouterState.Route route : sortedRoutes(now.routes())) {
      boolean leavesWithItsDevice =
          !route.device().isEmpty() && !wanted.devices().containsKey(route.device());
      if (!kept.contains(route.destination()) && !leavesWithItsDevice) {
        lines.add("route del " + route.arguments());
      }
    }
  }

  private static List<RouterState.Neighbour> sorted(Set<RouterState.Neighbour> neighbours) {
    return neighbours.stream()
        .sorted(Comparator.comparing(RouterState.Neighbour::toString))
        .toList();
  }

  private static List<RouterState.Route> sortedRoutes(Set<RouterState.Route> routes) {
    return routes.stream()
        .sorted(
            Comparator.comparing((RouterState.Route r) -> r.destination().equals("default"))
                .thenComparing(RouterState.Route::toString))
        .toList();
  }
}
