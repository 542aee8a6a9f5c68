package io.hanok.control.region;

/**
 * An availability zone: some hosts that share a fate.
 *
 * @param name such as {@code home-1a}
 * @param available whether a host of it reports
 */
public record Zone(String name, boolean available) {
  /** The region's name: the zone's without its letter. */
  public String region() {
    return name.substring(0, name.length() - 1);
  }

  /** The zone's id, the same for every account: {@code home1-az1} for {@code home-1a}. */
  public String id() {
    return region().replace("-", "") + "-az" + (name.charAt(name.length() - 1) - 'a' + 1);
  }

  /** EC2's word for whether it can be used. */
  public String state() {
    return available ? "available" : "unavailable";
  }
}
