package io.hanok.network.uplink;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.HostNetworkSpec;
import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.agent.api.id.VpcId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.HostCommands;
import io.hanok.network.address.Ipv4Range;
import io.hanok.network.nft.Nft;
import io.hanok.network.nft.VpcRuleset;
import io.hanok.network.router.IpTool;
import io.hanok.network.router.Link;
import io.hanok.network.router.RouterState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Ties the routers to the host: forwarding, a route for each public address in use, "unreachable"
 * for the others, and one nftables table of ours.
 *
 * <p>Routes of ours bear a protocol number by which they are found again. The host's earlier
 * setting of forwarding is kept in a file and put back by {@link #remove}.
 */
public final class Uplink {
  /** Routing protocol number of our routes on the host. */
  static final int PROTOCOL = 72;

  private static final Logger log = LoggerFactory.getLogger(Uplink.class);
  private static final Path FORWARDING = Path.of("/proc/sys/net/ipv4/ip_forward");
  private static final int UNREACHABLE_METRIC = 4000;

  private final IpTool ip;
  private final Nft nft;
  private final Masquerade masquerade;
  private final Path earlierForwarding;
  private final JsonMapper json = JsonMapper.builder().build();
  private Set<String> warned = Set.of();

  /**
   * Makes the host's side.
   *
   * @param state the agent's own directory
   */
  public Uplink(IpTool ip, Nft nft, Masquerade masquerade, Path state) {
    this.ip = ip;
    this.nft = nft;
    this.masquerade = masquerade;
    this.earlierForwarding = state.resolve("ip_forward.before");
  }

  /** Ensures what all VPCs share; before any router is tied to the host. */
  public void ensureHost(String publicCidr) {
    Ipv4Range publicRange = Ipv4Range.parse(publicCidr);
    nft.ensure(Optional.empty(), UplinkRuleset.of(publicRange, masquerade));
    try {
      String now = Files.readString(FORWARDING).strip();
      if (!Files.exists(earlierForwarding)) {
        Files.createDirectories(earlierForwarding.getParent());
        Files.writeString(earlierForwarding, now);
      }
      if (!now.equals("1")) {
        Files.writeString(FORWARDING, "1");
      }
    } catch (IOException e) {
      throw new AgentException(
          AgentFault.Code.HOST_ERROR, "cannot switch on forwarding: " + e.getMessage(), e);
    }
    warnOfForeignDrops();
  }

  /**
   * Ensures that exactly the public addresses in use lead to their routers. What is no address has
   * no route: its VPC could not be carried out, and nobody else is to suffer from that.
   */
  public void ensureRoutes(HostNetworkSpec spec, Map<VpcId, Link> links) {
    Map<String, String> wanted = routes(spec, links);
    Map<String, String> found = new TreeMap<>();
    for (RouterState.Route route :
        ip.routes(Optional.empty(), "proto", Integer.toString(PROTOCOL))) {
      found.put(
          route.destination(),
          route.device().isEmpty()
              ? unreachable(route.destination())
              : routed(route.destination(), route.via(), route.device()));
    }
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, String> entry : wanted.entrySet()) {
      if (!entry.getValue().equals(found.get(entry.getKey()))) {
        lines.add("route replace " + entry.getValue());
      }
    }
    for (Map.Entry<String, String> entry : found.entrySet()) {
      if (!wanted.containsKey(entry.getKey())) {
        lines.add("route del " + entry.getValue());
      }
    }
    ip.batch(Optional.empty(), lines);
  }

  private static Map<String, String> routes(HostNetworkSpec spec, Map<VpcId, Link> links) {
    Map<String, String> routes = new TreeMap<>();
    String all = Ipv4Range.parse(spec.publicCidr()).toString();
    routes.put(all, unreachable(all));
    for (Vpc vpc : spec.vpcs()) {
      Link link = links.get(vpc.vpcId());
      if (link == null) {
        continue;
      }
      for (Interface nic : vpc.interfaces()) {
        for (String address : nic.publicAddresses().values()) {
          if (Ipv4Range.isAddress(address)) {
            String seen = Ipv4Range.address(address);
            routes.put(seen, routed(seen, link.routerAddress(), link.device()));
          }
        }
      }
    }
    return routes;
  }

  private static String unreachable(String range) {
    return "unreachable %s metric %d proto %d".formatted(range, UNREACHABLE_METRIC, PROTOCOL);
  }

  private static String routed(String address, String via, String device) {
    return "%s via %s dev %s proto %d".formatted(address, via, device, PROTOCOL);
  }

  /** Somebody else's policy can drop what we forward; that cannot be undone from our own table. */
  private void warnOfForeignDrops() {
    Set<String> dropping = new TreeSet<>();
    HostCommands.Result result = nft.attempt(Optional.empty(), "-j", "list", "chains");
    if (!result.succeeded()) {
      return;
    }
    for (JsonNode object : json.readTree(result.output()).path("nftables")) {
      JsonNode chain = object.path("chain");
      if (chain.path("hook").asString("").equals("forward")
          && chain.path("policy").asString("").equals("drop")
          && !chain.path("table").asString("").equals(VpcRuleset.TABLE)) {
        dropping.add(
            "%s %s %s"
                .formatted(
                    chain.path("family").asString(""),
                    chain.path("table").asString(""),
                    chain.path("name").asString("")));
      }
    }
    if (!dropping.equals(warned)) {
      for (String chain : dropping) {
        log.warn(
            "nftables chain '{}' drops forwarded packets by its policy, perhaps those of guests'"
                + " public addresses; let them through: nft insert rule {} iifname \"{}*\" accept;"
                + " nft insert rule {} oifname \"{}*\" accept",
            chain,
            chain,
            Link.PREFIX,
            chain,
            Link.PREFIX);
      }
      warned = dropping;
    }
  }

  /** Removes everything of ours from the host's side. */
  public void remove() {
    List<String> lines = new ArrayList<>();
    for (RouterState.Route route :
        ip.routes(Optional.empty(), "proto", Integer.toString(PROTOCOL))) {
      lines.add(
          "route del "
              + (route.device().isEmpty()
                  ? unreachable(route.destination())
                  : routed(route.destination(), route.via(), route.device())));
    }
    ip.force(Optional.empty(), lines);
    String table = "table inet " + VpcRuleset.TABLE;
    nft.load(Optional.empty(), table + "\ndelete " + table + "\n");
    try {
      if (Files.exists(earlierForwarding)) {
        Files.writeString(FORWARDING, Files.readString(earlierForwarding).strip());
        Files.delete(earlierForwarding);
      }
    } catch (IOException e) {
      throw new AgentException(
          AgentFault.Code.HOST_ERROR, "cannot put forwarding back: " + e.getMessage(), e);
    }
  }
}
