package io.hanok.control.shared;

/** What holds for every network of guests, whoever describes a part of it to an agent. */
public final class GuestNetworks {
  /** MTU of guests: what is left of 1500 bytes inside VXLAN over IPv4. */
  public static final int MTU = 1450;

  private GuestNetworks() {}
}
