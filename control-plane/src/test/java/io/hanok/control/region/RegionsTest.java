package io.hanok.control.region;

import static io.hanok.control.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hanok.control.BareHost;
import io.hanok.control.ControlPlaneTest;
import io.hanok.control.TestClouds;
import io.hanok.control.identity.Accounts;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AvailabilityZone;
import software.amazon.awssdk.services.ec2.model.Filter;

@ControlPlaneTest
class RegionsTest {
  @LocalServerPort int port;
  @Autowired Accounts accounts;
  @Autowired JdbcClient jdbc;

  private final BareHost reporting = new BareHost("host-00000000000000bbb", "home-1r", "default");
  private final BareHost silent = new BareHost("host-00000000000000bbc", "home-1s", "default");
  private Accounts.Credentials ann;
  private Ec2Client ec2;

  @BeforeEach
  void twoZonesOfWhichOneReports() {
    ann = accounts.create("ann", false);
    ec2 = TestClouds.ec2(port, ann);
    reporting.add(jdbc);
    silent.add(jdbc);
    jdbc.sql("UPDATE agent SET reported_at = now() - interval '1 hour' WHERE host_id = :id")
        .param("id", silent.id())
        .update();
  }

  @AfterEach
  void close() {
    ec2.close();
    reporting.remove(jdbc);
    silent.remove(jdbc);
  }

  @Test
  void thereIsOneRegionAtTheEndpointThatTheCallerUses() {
    var region = ec2.describeRegions().regions().get(0);
    assertThat(region.regionName()).isEqualTo("home-1");
    assertThat(region.optInStatus()).isEqualTo("opt-in-not-required");
    assertThat(region.endpoint()).isEqualTo("127.0.0.1:" + port);
    assertThat(ec2.describeRegions(r -> r.regionNames("home-1")).regions()).hasSize(1);
    assertThat(
            ec2.describeRegions(r -> r.filters(f -> f.name("region-name").values("eu-*")))
                .regions())
        .isEmpty();
    assertRefused(
        "InvalidParameterValue", () -> ec2.describeRegions(r -> r.regionNames("mars-1")), "mars-1");
  }

  @Test
  void aZoneIsAvailableWhileAHostOfItReports() {
    assertThat(zones(f -> f.name("zone-name").values("home-1r", "home-1s")))
        .extracting(
            AvailabilityZone::zoneName,
            AvailabilityZone::zoneId,
            AvailabilityZone::stateAsString,
            AvailabilityZone::regionName,
            AvailabilityZone::zoneType)
        .containsExactly(
            tuple("home-1r", "home1-az18", "available", "home-1", "availability-zone"),
            tuple("home-1s", "home1-az19", "unavailable", "home-1", "availability-zone"));
    assertThat(zones(f -> f.name("zone-id").values("home1-az18"))).hasSize(1);
    assertThat(zones(f -> f.name("state").values("available")))
        .extracting(AvailabilityZone::zoneName)
        .contains("home-1r")
        .doesNotContain("home-1s");
    assertThat(zones(f -> f.name("region-name").values("us-east-1"))).isEmpty();
    assertThat(
            ec2.describeAvailabilityZones(r -> r.zoneNames("home-1r").zoneIds("home1-az18"))
                .availabilityZones())
        .hasSize(1);
  }

  @Test
  void unknownZonesAndFiltersAreRefused() {
    assertRefused(
        "InvalidParameterValue",
        () -> ec2.describeAvailabilityZones(r -> r.zoneNames("home-9a")),
        "[home-9a]");
    assertRefused(
        "InvalidParameterValue", () -> ec2.describeAvailabilityZones(r -> r.zoneIds("nowhere")));
    assertRefused("InvalidParameterValue", () -> zones(f -> f.name("colour").values("x")));
    assertRefused("DryRunOperation", () -> ec2.describeAvailabilityZones(r -> r.dryRun(true)));
  }

  @Test
  void anAccountLearnsItsAttributes() {
    assertThat(attribute("supported-platforms")).isEqualTo("VPC");
    assertThat(attribute("max-elastic-ips")).isEqualTo("65536");
    assertThat(attribute("vpc-max-security-groups-per-interface")).isEqualTo("5");
    assertThat(attribute("default-vpc"))
        .isEqualTo(
            jdbc.sql("SELECT id FROM vpc WHERE account_id = :id AND is_default")
                .param("id", ann.accountId())
                .query(String.class)
                .optional()
                .orElse("none"));
    assertThat(ec2.describeAccountAttributes().accountAttributes()).hasSize(6);
    assertRefused(
        "InvalidParameterValue",
        () -> ec2.describeAccountAttributes(r -> r.attributeNamesWithStrings("luck")));
  }

  private List<AvailabilityZone> zones(Consumer<Filter.Builder> filter) {
    return ec2.describeAvailabilityZones(r -> r.filters(filter)).availabilityZones();
  }

  private String attribute(String name) {
    return ec2.describeAccountAttributes(r -> r.attributeNamesWithStrings(name))
        .accountAttributes()
        .get(0)
        .attributeValues()
        .get(0)
        .attributeValue();
  }
}
