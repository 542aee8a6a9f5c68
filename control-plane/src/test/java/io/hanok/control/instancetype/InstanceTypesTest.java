package io.hanok.control.instancetype;

import static io.hanok.control.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.control.BareHost;
import io.hanok.control.ControlPlaneTest;
import io.hanok.control.TestClouds;
import io.hanok.control.identity.Accounts;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.ArchitectureType;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.InstanceTypeInfo;
import software.amazon.awssdk.services.ec2.model.InstanceTypeOffering;
import software.amazon.awssdk.services.ec2.model.LocationType;
import software.amazon.awssdk.services.ec2.model.UsageClassType;

@ControlPlaneTest
class InstanceTypesTest {
  @LocalServerPort int port;
  @Autowired Accounts accounts;
  @Autowired InstanceTypes types;
  @Autowired JdbcClient jdbc;

  private final BareHost first = new BareHost("host-00000000000000eee", "home-1y", "default");
  private final BareHost second = new BareHost("host-00000000000000eef", "home-1z", "default");
  private Ec2Client ec2;

  @BeforeEach
  void aCaller() {
    ec2 = TestClouds.ec2(port, accounts.create("ann", false));
  }

  @AfterEach
  void close() {
    ec2.close();
    first.remove(jdbc);
    second.remove(jdbc);
  }

  @Test
  void aTypeIsDescribedWithAllThatToolsDereference() {
    InstanceTypeInfo t3 =
        ec2.describeInstanceTypes(r -> r.instanceTypesWithStrings("t3.micro"))
            .instanceTypes()
            .get(0);
    assertThat(t3.instanceTypeAsString()).isEqualTo("t3.micro");
    assertThat(t3.currentGeneration()).isTrue();
    assertThat(t3.burstablePerformanceSupported()).isTrue();
    assertThat(t3.supportedUsageClasses()).containsExactly(UsageClassType.ON_DEMAND);
    assertThat(t3.supportedRootDeviceTypesAsStrings()).containsExactly("ebs");
    assertThat(t3.supportedVirtualizationTypesAsStrings()).containsExactly("hvm");
    assertThat(t3.supportedBootModesAsStrings()).containsExactly("legacy-bios");
    assertThat(t3.bareMetal()).isFalse();
    assertThat(t3.hypervisorAsString()).isEqualTo("nitro");
    assertThat(t3.processorInfo().supportedArchitectures())
        .containsExactly(ArchitectureType.X86_64);
    assertThat(t3.processorInfo().sustainedClockSpeedInGhz()).isEqualTo(2.5);
    assertThat(t3.vCpuInfo().defaultVCpus()).isEqualTo(2);
    assertThat(t3.vCpuInfo().defaultCores()).isEqualTo(1);
    assertThat(t3.vCpuInfo().defaultThreadsPerCore()).isEqualTo(2);
    assertThat(t3.memoryInfo().sizeInMiB()).isEqualTo(1024);
    assertThat(t3.instanceStorageSupported()).isFalse();
    assertThat(t3.hibernationSupported()).isFalse();
    assertThat(t3.freeTierEligible()).isFalse();
    assertThat(t3.dedicatedHostsSupported()).isFalse();
    assertThat(t3.autoRecoverySupported()).isFalse();
    assertThat(t3.ebsInfo().nvmeSupportAsString()).isEqualTo("unsupported");
    assertThat(t3.ebsInfo().ebsOptimizedInfo().baselineThroughputInMBps()).isEqualTo(10.875);
    assertThat(t3.ebsInfo().ebsOptimizedInfo().maximumIops()).isEqualTo(11800);
    assertThat(t3.networkInfo().maximumNetworkInterfaces()).isEqualTo(2);
    assertThat(t3.networkInfo().ipv4AddressesPerInterface()).isEqualTo(2);
    assertThat(t3.networkInfo().ipv6Supported()).isFalse();
    assertThat(t3.networkInfo().enaSupportAsString()).isEqualTo("unsupported");
    assertThat(t3.networkInfo().networkCards()).hasSize(1);
    assertThat(t3.networkInfo().networkCards().get(0).peakBandwidthInGbps()).isEqualTo(5.0);
    assertThat(t3.placementGroupInfo()).isNotNull();
  }

  @Test
  void filtersSelectTypesByWhatTheyGive() {
    assertThat(names(f -> f.name("instance-type").values("t3.*"))).hasSize(7);
    assertThat(names(f -> f.name("vcpu-info.default-vcpus").values("36")))
        .containsExactly("c5.9xlarge");
    assertThat(names(f -> f.name("vcpu-info.default-cores").values("18")))
        .containsExactly("c5.9xlarge");
    assertThat(names(f -> f.name("memory-info.size-in-mib").values("512", "1024")))
        .containsExactly("t3.micro", "t3.nano");
    assertThat(names(f -> f.name("burstable-performance-supported").values("true"))).hasSize(7);
    assertThat(names(f -> f.name("processor-info.supported-architecture").values("x86_64")))
        .hasSize(31);
    assertThat(names(f -> f.name("processor-info.sustained-clock-speed-in-ghz").values("3.4")))
        .hasSize(8);
    assertThat(names(f -> f.name("processor-info.supported-architecture").values("arm64")))
        .isEmpty();
    assertThat(names(f -> f.name("hypervisor").values("nitro"))).hasSize(31);
    assertThat(names(f -> f.name("current-generation").values("false"))).isEmpty();
    assertRefused(
        "InvalidParameterValue", () -> names(f -> f.name("colour").values("red")), "colour");
  }

  @Test
  void typesAreReadInPages() {
    List<String> paged =
        ec2.describeInstanceTypesPaginator(r -> r.maxResults(10)).instanceTypes().stream()
            .map(InstanceTypeInfo::instanceTypeAsString)
            .toList();
    assertThat(paged).hasSize(31).doesNotHaveDuplicates();
  }

  @Test
  void unknownTypesAreRefusedByName() {
    assertRefused(
        "InvalidInstanceType",
        () -> ec2.describeInstanceTypes(r -> r.instanceTypesWithStrings("t3.nano", "t9.huge")),
        "[t9.huge]");
    assertThat(types.require("m5.large").memoryMib()).isEqualTo(8192);
    assertThatThrownBy(() -> types.require("t9.huge"))
        .isInstanceOfSatisfying(
            CloudException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.INVALID_PARAMETER_VALUE);
              assertThat(e).hasMessageContaining("Invalid value 't9.huge' for InstanceType");
            });
  }

  @Test
  void offeringsNameEachPlace() {
    first.add(jdbc);
    second.add(jdbc);
    assertThat(offerings(LocationType.REGION, "m5.large")).containsExactly("home-1");
    assertThat(offerings(LocationType.AVAILABILITY_ZONE, "m5.large"))
        .contains("home-1y", "home-1z");
    assertThat(offerings(LocationType.AVAILABILITY_ZONE_ID, "m5.large"))
        .contains("home1-az25", "home1-az26");
    assertThat(offerings(LocationType.REGION, "t9.huge")).isEmpty();
    assertThat(
            ec2.describeInstanceTypeOfferings(
                    r ->
                        r.locationType("availability-zone")
                            .filters(f -> f.name("location").values("home-1y")))
                .instanceTypeOfferings())
        .hasSize(31);
    assertThat(
            ec2.describeInstanceTypeOfferingsPaginator(r -> r.maxResults(7))
                .instanceTypeOfferings())
        .hasSize(31);
    assertRefused(
        "InvalidParameterValue",
        () -> ec2.describeInstanceTypeOfferings(r -> r.locationType("moon")));
    assertRefused(
        "InvalidNextToken", () -> ec2.describeInstanceTypeOfferings(r -> r.nextToken("!")));
  }

  private List<String> names(Consumer<Filter.Builder> filter) {
    return ec2.describeInstanceTypes(r -> r.filters(filter)).instanceTypes().stream()
        .map(InstanceTypeInfo::instanceTypeAsString)
        .toList();
  }

  private List<String> offerings(LocationType type, String name) {
    return ec2
        .describeInstanceTypeOfferings(
            r -> r.locationType(type).filters(f -> f.name("instance-type").values(name)))
        .instanceTypeOfferings()
        .stream()
        .map(InstanceTypeOffering::location)
        .toList();
  }
}
