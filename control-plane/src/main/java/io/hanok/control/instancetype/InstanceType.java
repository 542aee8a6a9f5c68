package io.hanok.control.instancetype;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.math.BigDecimal;

/** What an instance of a type gets. */
@Entity
public class InstanceType {
  @Id private String name;
  private int vcpus;
  private int threadsPerCore;
  private int memoryMib;
  private boolean burstable;
  private String networkPerformance;
  private int networkBaselineMbps;
  private int networkPeakMbps;
  private int ebsBaselineMbps;
  private int ebsPeakMbps;
  private int ebsBaselineIops;
  private int ebsPeakIops;
  private int maxInterfaces;
  private int addressesPerInterface;
  private BigDecimal clockGhz;
  private boolean currentGeneration;

  protected InstanceType() {}

  public String name() {
    return name;
  }

  public int vcpus() {
    return vcpus;
  }

  public int threadsPerCore() {
    return threadsPerCore;
  }

  public int cores() {
    return Math.max(1, vcpus / threadsPerCore);
  }

  /** Memory in MiB. */
  public int memoryMib() {
    return memoryMib;
  }

  /** Whether its instances earn and spend CPU credits. */
  public boolean burstable() {
    return burstable;
  }

  /** EC2's words for the network's speed. */
  public String networkPerformance() {
    return networkPerformance;
  }

  /** What the network always gives, in Mbit/s. */
  public int networkBaselineMbps() {
    return networkBaselineMbps;
  }

  /** What the network gives at most, in Mbit/s. */
  public int networkPeakMbps() {
    return networkPeakMbps;
  }

  /** What volumes always give together, in Mbit/s. */
  public int ebsBaselineMbps() {
    return ebsBaselineMbps;
  }

  /** What volumes give together at most, in Mbit/s. */
  public int ebsPeakMbps() {
    return ebsPeakMbps;
  }

  /** What volumes always give together, in operations per second. */
  public int ebsBaselineIops() {
    return ebsBaselineIops;
  }

  /** What volumes give together at most, in operations per second. */
  public int ebsPeakIops() {
    return ebsPeakIops;
  }

  public int maxInterfaces() {
    return maxInterfaces;
  }

  /** IPv4 addresses on each interface. */
  public int addressesPerInterface() {
    return addressesPerInterface;
  }

  /** Sustained clock speed in GHz, as published. */
  public double clockGhz() {
    return clockGhz.doubleValue();
  }

  public boolean currentGeneration() {
    return currentGeneration;
  }
}
