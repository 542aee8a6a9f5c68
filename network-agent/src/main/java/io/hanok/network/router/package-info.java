/**
 * The router of one VPC on this host: a namespace with a link to the host, the gateways' addresses
 * and one routed tap for each interface.
 */
package io.hanok.network.router;
