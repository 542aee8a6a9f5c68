package io.hanok.agent.api;

import io.hanok.agent.api.id.EniId;

/**
 * The name of the tap device of a network interface, known to the compute agent that makes it and
 * the network agent that takes it over.
 *
 * <p>A device name has at most 15 characters: {@code e} and the last 14 of the id's 17 digits (56
 * bits; the control plane refuses an interface whose tap name is taken on its host).
 */
public final class TapName {
  /** Prefix of every tap of ours; wildcards in dnsmasq and nft rely on it. */
  public static final String PREFIX = "e";

  private static final int DIGITS = 14;

  private TapName() {}

  /** The tap of an interface. */
  public static String of(EniId eni) {
    return PREFIX + eni.value().substring(eni.value().length() - DIGITS);
  }

  /** Whether a device name has the shape of one of our taps. */
  public static boolean matches(String device) {
    return device.matches(PREFIX + "[0-9a-f]{" + DIGITS + "}");
  }
}
