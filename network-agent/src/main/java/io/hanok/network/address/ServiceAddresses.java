package io.hanok.network.address;

/** The addresses that every VPC's router answers on, as on EC2, and its hardware address. */
public final class ServiceAddresses {
  /** Instance metadata service, TCP port 80. */
  public static final String METADATA = "169.254.169.254";

  /** Resolver, beside the one at the VPC's base + 2. */
  public static final String RESOLVER = "169.254.169.253";

  /** Time service, UDP port 123. */
  public static final String TIME = "169.254.169.123";

  /** Hardware address of the router on every tap of every host, so that guests can move. */
  public static final String ROUTER_MAC = "0a:ff:ff:ff:00:01";

  /**
   * The range from which the links between the host and its VPCs' routers take their pairs of
   * addresses; it never leaves the host and has none of the addresses above.
   */
  public static final Ipv4Range LINKS = Ipv4Range.parse("169.254.64.0/18");

  private ServiceAddresses() {}
}
