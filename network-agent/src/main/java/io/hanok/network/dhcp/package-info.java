/** DHCP and internal names: one dnsmasq for each VPC, which outlives the agent. */
package io.hanok.network.dhcp;
