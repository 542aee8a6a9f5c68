package io.hanok.network.router;

import io.hanok.agent.runtime.HostCommands;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads and changes devices, addresses, routes and neighbours by iproute2. */
public final class IpTool {
  private final HostCommands commands;
  private final JsonMapper json = JsonMapper.builder().build();

  public IpTool(HostCommands commands) {
    this.commands = commands;
  }

  /**
   * Devices by name.
   *
   * @param namespace a namespace, or empty for the one that the agent runs in
   */
  public Map<String, RouterState.Device> devices(Optional<String> namespace) {
    Map<String, RouterState.Device> devices = new HashMap<>();
    for (JsonNode link : read(namespace, "addr", "show")) {
      devices.put(link.path("ifname").asString(""), device(link));
    }
    devices.remove("");
    return devices;
  }

  /** Everything that a router's plan looks at. */
  public RouterState state(String namespace) {
    Optional<String> in = Optional.of(namespace);
    return new RouterState(devices(in), routes(in, "table", "main"), neighbours(in));
  }

  /** The routes that a selector of {@code ip route show} names. */
  public Set<RouterState.Route> routes(Optional<String> namespace, String... selector) {
    List<String> arguments = new ArrayList<>(List.of("-4", "route", "show"));
    arguments.addAll(List.of(selector));
    Set<RouterState.Route> routes = new HashSet<>();
    for (JsonNode route : read(namespace, arguments.toArray(String[]::new))) {
      boolean unreachable = route.path("type").asString("").equals("unreachable");
      routes.add(
          new RouterState.Route(
              route.path("dst").asString(""),
              unreachable ? "" : route.path("dev").asString(""),
              route.path("gateway").asString(""),
              route.path("prefsrc").asString("")));
    }
    return routes;
  }

  private Set<RouterState.Neighbour> neighbours(Optional<String> namespace) {
    Set<RouterState.Neighbour> neighbours = new HashSet<>();
    for (JsonNode neighbour : read(namespace, "-4", "neigh", "show", "nud", "permanent")) {
      neighbours.add(
          new RouterState.Neighbour(
              neighbour.path("dst").asString(""),
              neighbour.path("dev").asString(""),
              neighbour.path("lladdr").asString("")));
    }
    return neighbours;
  }

  /** Runs lines of {@code ip -batch}, all of which must succeed. */
  public void batch(Optional<String> namespace, List<String> lines) {
    if (lines.isEmpty()) {
      return;
    }
    List<String> arguments = ip(namespace);
    arguments.addAll(List.of("-batch", "-"));
    commands.runWithInput(String.join("\n", lines) + "\n", arguments);
  }

  /** Runs lines of {@code ip -batch}, going on behind one that fails. */
  public HostCommands.Result force(Optional<String> namespace, List<String> lines) {
    if (lines.isEmpty()) {
      return new HostCommands.Result(0, "", "");
    }
    List<String> arguments = ip(namespace);
    arguments.addAll(List.of("-force", "-batch", "-"));
    return commands.attempt(String.join("\n", lines) + "\n", arguments);
  }

  private JsonNode read(Optional<String> namespace, String... arguments) {
    List<String> all = ip(namespace);
    all.add("-j");
    all.addAll(List.of(arguments));
    String output = commands.run(all);
    return json.readTree(output.isBlank() ? "[]" : output);
  }

  private static List<String> ip(Optional<String> namespace) {
    List<String> arguments = new ArrayList<>(List.of("ip"));
    namespace.ifPresent(n -> arguments.addAll(List.of("-n", n)));
    return arguments;
  }

  private static RouterState.Device device(JsonNode link) {
    Set<String> addresses = new HashSet<>();
    for (JsonNode address : link.path("addr_info")) {
      if (address.path("family").asString("").equals("inet")) {
        addresses.add(
            address.path("local").asString("") + "/" + address.path("prefixlen").asInt(0));
      }
    }
    boolean up = false;
    for (JsonNode flag : link.path("flags")) {
      up |= flag.asString("").equals("UP");
    }
    return new RouterState.Device(
        link.path("address").asString(""), link.path("mtu").asInt(0), up, addresses);
  }
}
