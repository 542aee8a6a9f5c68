/**
 * The network agent: everything about networks on one host.
 *
 * <p>One document says what should be there. {@code HostNetworkConverger} brings the host to it
 * through {@code router} (a namespace for each VPC), {@code nft} (what passes), {@code uplink} (the
 * host's side), {@code dhcp}, {@code metadata} and {@code time} (what guests ask for).
 */
package io.hanok.network;
