/** The host's side: routes to public addresses, forwarding, and the way to the internet. */
package io.hanok.network.uplink;
