package io.hanok.control.instancetype;

import software.amazon.awssdk.services.ec2.model.ArchitectureType;
import software.amazon.awssdk.services.ec2.model.BootModeType;
import software.amazon.awssdk.services.ec2.model.EbsEncryptionSupport;
import software.amazon.awssdk.services.ec2.model.EbsInfo;
import software.amazon.awssdk.services.ec2.model.EbsNvmeSupport;
import software.amazon.awssdk.services.ec2.model.EbsOptimizedSupport;
import software.amazon.awssdk.services.ec2.model.EnaSupport;
import software.amazon.awssdk.services.ec2.model.FlexibleEnaQueuesSupport;
import software.amazon.awssdk.services.ec2.model.InstanceTypeHypervisor;
import software.amazon.awssdk.services.ec2.model.InstanceTypeInfo;
import software.amazon.awssdk.services.ec2.model.NetworkInfo;
import software.amazon.awssdk.services.ec2.model.NitroEnclavesSupport;
import software.amazon.awssdk.services.ec2.model.NitroTpmSupport;
import software.amazon.awssdk.services.ec2.model.PhcSupport;
import software.amazon.awssdk.services.ec2.model.PlacementGroupStrategy;
import software.amazon.awssdk.services.ec2.model.RootDeviceType;
import software.amazon.awssdk.services.ec2.model.UsageClassType;
import software.amazon.awssdk.services.ec2.model.VirtualizationType;

/**
 * Prints an instance type with every field that tools dereference; what guests here do not have
 * (NVMe volumes, ENA, IPv6, instance stores) is said to be unsupported.
 */
final class InstanceTypePrinter {
  private static final double BITS_PER_BYTE = 8;
  private static final double MEGA_PER_GIGA = 1000;

  private InstanceTypePrinter() {}

  static InstanceTypeInfo print(InstanceType type) {
    return InstanceTypeInfo.builder()
        .instanceType(type.name())
        .currentGeneration(type.currentGeneration())
        .freeTierEligible(false)
        .supportedUsageClasses(UsageClassType.ON_DEMAND)
        .supportedRootDeviceTypes(RootDeviceType.EBS)
        .supportedVirtualizationTypes(VirtualizationType.HVM)
        .bareMetal(false)
        // EC2's word for KVM; the other one is Xen.
        .hypervisor(InstanceTypeHypervisor.NITRO)
        .processorInfo(
            p ->
                p.supportedArchitectures(ArchitectureType.X86_64)
                    .sustainedClockSpeedInGhz(type.clockGhz()))
        .vCpuInfo(
            v ->
                v.defaultVCpus(type.vcpus())
                    .defaultCores(type.cores())
                    .defaultThreadsPerCore(type.threadsPerCore())
                    .validCores(type.cores())
                    .validThreadsPerCore(type.threadsPerCore()))
        .memoryInfo(m -> m.sizeInMiB((long) type.memoryMib()))
        .instanceStorageSupported(false)
        .ebsInfo(ebs(type))
        .networkInfo(network(type))
        .placementGroupInfo(p -> p.supportedStrategies(new PlacementGroupStrategy[0]))
        .hibernationSupported(false)
        .burstablePerformanceSupported(type.burstable())
        .dedicatedHostsSupported(false)
        .autoRecoverySupported(false)
        .supportedBootModes(BootModeType.LEGACY_BIOS)
        .nitroEnclavesSupport(NitroEnclavesSupport.UNSUPPORTED)
        .nitroTpmSupport(NitroTpmSupport.UNSUPPORTED)
        .phcSupport(PhcSupport.UNSUPPORTED)
        .build();
  }

  private static EbsInfo ebs(InstanceType type) {
    return EbsInfo.builder()
        .ebsOptimizedSupport(EbsOptimizedSupport.DEFAULT)
        .encryptionSupport(EbsEncryptionSupport.UNSUPPORTED)
        .nvmeSupport(EbsNvmeSupport.UNSUPPORTED)
        .ebsOptimizedInfo(
            o ->
                o.baselineBandwidthInMbps(type.ebsBaselineMbps())
                    .baselineThroughputInMBps(type.ebsBaselineMbps() / BITS_PER_BYTE)
                    .baselineIops(type.ebsBaselineIops())
                    .maximumBandwidthInMbps(type.ebsPeakMbps())
                    .maximumThroughputInMBps(type.ebsPeakMbps() / BITS_PER_BYTE)
                    .maximumIops(type.ebsPeakIops()))
        .build();
  }

  private static NetworkInfo network(InstanceType type) {
    return NetworkInfo.builder()
        .networkPerformance(type.networkPerformance())
        .maximumNetworkInterfaces(type.maxInterfaces())
        .maximumNetworkCards(1)
        .defaultNetworkCardIndex(0)
        .networkCards(
            c ->
                c.networkCardIndex(0)
                    .networkPerformance(type.networkPerformance())
                    .maximumNetworkInterfaces(type.maxInterfaces())
                    .baselineBandwidthInGbps(type.networkBaselineMbps() / MEGA_PER_GIGA)
                    .peakBandwidthInGbps(type.networkPeakMbps() / MEGA_PER_GIGA))
        .ipv4AddressesPerInterface(type.addressesPerInterface())
        .ipv6AddressesPerInterface(0)
        .ipv6Supported(false)
        .enaSupport(EnaSupport.UNSUPPORTED)
        .efaSupported(false)
        .encryptionInTransitSupported(false)
        .enaSrdSupported(false)
        .flexibleEnaQueuesSupport(FlexibleEnaQueuesSupport.UNSUPPORTED)
        .build();
  }
}
