package io.hanok.control.host;

/**
 * A zone has got its first host, in the present transaction: whoever gives each zone something (the
 * default subnets) does so now.
 *
 * @param zone the zone's name
 */
public record ZoneAppeared(String zone) {}
