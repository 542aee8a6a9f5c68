/**
 * Composes the one network document of each host: its interfaces, their VPCs, subnets and security
 * groups. Every change that affects packets wakes the hosts that it concerns, in its own
 * transaction.
 */
package io.hanok.control.hostnet;
