/**
 * VPCs and what is in them: subnets, route tables, internet gateways, network ACLs, DHCP options
 * and network interfaces with their private addresses.
 *
 * <p>Invariants, kept by the database: a VPC's subnets do not overlap; a private address is held by
 * one interface of its VPC; a tap's name belongs to one interface; an account has one default VPC
 * and that one default subnet in a zone.
 */
package io.hanok.control.network;
