package io.hanok.network.router;

import io.hanok.agent.api.id.VpcId;
import io.hanok.network.address.Ipv4Range;
import io.hanok.network.address.ServiceAddresses;
import java.util.BitSet;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The point-to-point link between the host and the router of a VPC: a pair of veth devices with a
 * pair of addresses.
 *
 * <p>Which pair is remembered nowhere but on the host's end itself: a VPC whose device has an
 * address keeps it, another one takes the lowest free pair.
 *
 * @param index number of the pair within the range of links, from 0
 */
public record Link(VpcId vpc, int index) {
  /** Prefix of the host's ends; rules of the host rely on it. */
  public static final String PREFIX = "hv";

  private static final int DIGITS = 13;

  /** How many VPCs a host can carry. */
  public static final int PAIRS = 1 << (31 - ServiceAddresses.LINKS.prefix());

  /** Name of the host's end. */
  public String device() {
    return device(vpc);
  }

  /** Name of the host's end of a VPC's link: at most 15 characters. */
  public static String device(VpcId vpc) {
    return PREFIX + vpc.value().substring(vpc.value().length() - DIGITS);
  }

  /** The host's address. */
  public String hostAddress() {
    return ServiceAddresses.LINKS.at(2 * index);
  }

  /** The router's address. */
  public String routerAddress() {
    return ServiceAddresses.LINKS.at(2 * index + 1);
  }

  /**
   * Gives every VPC its pair, in their order and as long as there are pairs; a VPC that gets none
   * is missing from the answer.
   *
   * @param found device → address of the links' ends that are on the host now; those of other VPCs
   *     are taken, too
   */
  public static Map<VpcId, Link> assign(Collection<VpcId> vpcs, Map<String, String> found) {
    BitSet taken = new BitSet();
    found.values().forEach(address -> indexOf(address).ifPresent(taken::set));
    Map<VpcId, Link> links = new LinkedHashMap<>();
    for (VpcId vpc : vpcs) {
      int index =
          Optional.ofNullable(found.get(device(vpc)))
              .flatMap(Link::indexOf)
              .orElseGet(() -> taken.nextClearBit(0));
      if (index < PAIRS) {
        taken.set(index);
        links.put(vpc, new Link(vpc, index));
      }
    }
    return links;
  }

  private static Optional<Integer> indexOf(String address) {
    return ServiceAddresses.LINKS.contains(address)
        ? Optional.of((Ipv4Range.parse(address).base() - ServiceAddresses.LINKS.base()) / 2)
        : Optional.empty();
  }
}
