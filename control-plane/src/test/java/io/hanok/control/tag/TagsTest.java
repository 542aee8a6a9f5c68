package io.hanok.control.tag;

import static io.hanok.control.Refusals.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.BareHost;
import io.hanok.control.ControlPlaneTest;
import io.hanok.control.TestClouds;
import io.hanok.control.identity.Accounts;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.jdbc.core.simple.JdbcClient;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.CreateKeyPairRequest;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagDescription;

@ControlPlaneTest
class TagsTest {
  @LocalServerPort int port;
  @Autowired Accounts accounts;
  @Autowired JdbcClient jdbc;

  private final BareHost bare = new BareHost("host-00000000000000aaa", "home-1q", "default");
  private Accounts.Credentials ann;
  private Ec2Client ec2;
  private Ec2Client other;
  private String key;

  @BeforeEach
  void aKeyPairToTag() {
    ann = accounts.create("ann", false);
    ec2 = TestClouds.ec2(port, ann);
    other = TestClouds.ec2(port, accounts.create("bob", false));
    key = newKey("mine");
  }

  @AfterEach
  void close() {
    ec2.close();
    other.close();
    bare.remove(jdbc);
  }

  @Test
  void tagsAreWrittenReadReplacedAndRemoved() {
    put(key, tag("Name", "one"), tag("team", "blue"));
    put(key, tag("Name", "two"));
    assertThat(described())
        .extracting(
            TagDescription::resourceId,
            TagDescription::resourceTypeAsString,
            TagDescription::key,
            TagDescription::value)
        .containsExactly(
            tuple(key, "key-pair", "Name", "two"), tuple(key, "key-pair", "team", "blue"));

    ec2.deleteTags(r -> r.resources(key).tags(tag("Name", "one"), tag("team", null)));
    assertThat(described())
        .as("another value stays, no value means any")
        .extracting(TagDescription::key)
        .containsExactly("Name");

    ec2.deleteTags(r -> r.resources(key));
    assertThat(described()).isEmpty();
  }

  @Test
  void filtersAndPagesSelectTags() {
    String second = newKey("second");
    put(key, tag("Name", "web-1"), tag("team", "blue"));
    put(second, tag("Name", "db-1"), tag("team", "blue"));
    assertThat(described(filter("key", "Na*"))).hasSize(2);
    assertThat(described(filter("value", "web-?"))).hasSize(1);
    assertThat(described(filter("resource-id", second))).hasSize(2);
    assertThat(described(filter("resource-type", "instance"))).isEmpty();
    assertThat(described(filter("resource-type", "key-pair"), filter("tag:team", "blue")))
        .hasSize(2);

    List<String> paged = new ArrayList<>();
    ec2.describeTagsPaginator(r -> r.maxResults(3))
        .tags()
        .forEach(t -> paged.add(t.resourceId() + t.key()));
    assertThat(paged).hasSize(4).doesNotHaveDuplicates().isSorted();
    assertRefused("InvalidNextToken", () -> ec2.describeTags(r -> r.nextToken("%%")));
    assertRefused(
        "InvalidParameterValue", () -> ec2.describeTags(r -> r.filters(filter("colour", "x"))));
  }

  @Test
  void nobodyTagsOrSeesWhatBelongsToAnother() {
    put(key, tag("Name", "mine"));
    assertRefused(
        "InvalidKeyPair.NotFound",
        () -> other.createTags(r -> r.resources(key).tags(tag("Name", "his"))),
        key);
    assertRefused("InvalidKeyPair.NotFound", () -> other.deleteTags(r -> r.resources(key)));
    assertThat(other.describeTags(r -> {}).tags()).isEmpty();
    assertThat(described()).extracting(TagDescription::value).containsExactly("mine");
  }

  @Test
  void tagsThatEc2DoesNotAllowAreRefused() {
    assertRefused("InvalidParameterValue", () -> put(key, tag("aws:x", "v")), "reserved");
    assertRefused("InvalidParameterValue", () -> put(key, tag("AWS:x", "v")), "reserved");
    assertRefused("InvalidParameterValue", () -> put(key, tag("k".repeat(128), "v")), "127");
    assertRefused("InvalidParameterValue", () -> put(key, tag("k", "v".repeat(256))), "255");
    assertRefused("InvalidParameterValue", () -> put(key, tag("", "v")), "empty");
    assertRefused("InvalidParameterValue", () -> put(key, tag("k", "1"), tag("k", "2")), "Dupl");
    assertRefused("InvalidInstanceID.Malformed", () -> put("i-12", tag("k", "v")));
    assertRefused("InvalidSubnetID.NotFound", () -> put("subnet-12", tag("k", "v")));
    assertRefused("InvalidID", () -> put("tree-12", tag("k", "v")));
    assertRefused("InvalidVpcID.NotFound", () -> put("vpc-0123456789abcdef0", tag("k", "v")));
    assertRefused("MissingParameter", () -> ec2.createTags(r -> r.tags(tag("k", "v"))));
    assertRefused("MissingParameter", () -> ec2.createTags(r -> r.resources(key)));
    put(key, tag("k".repeat(127), "v".repeat(255)));
    assertThat(described()).hasSize(1);
  }

  @Test
  void aResourceHasFiftyTagsAtMost() {
    put(key, IntStream.range(0, 50).mapToObj(i -> tag("k" + i, "v")).toArray(Tag[]::new));
    assertRefused("TagLimitExceeded", () -> put(key, tag("one-more", "v")));
    put(key, tag("k7", "changed"));
    assertThat(described()).hasSize(50);
  }

  @Test
  void tagsAtCreationMustBeForTheNewResource() {
    assertRefused(
        "InvalidParameterValue",
        () ->
            ec2.createKeyPair(
                r ->
                    r.keyName("tagged")
                        .tagSpecifications(
                            s -> s.resourceType(ResourceType.INSTANCE).tags(tag("k", "v")))));
    var made =
        ec2.createKeyPair(
            r ->
                r.keyName("tagged")
                    .keyType("ed25519")
                    .tagSpecifications(
                        s -> s.resourceType(ResourceType.KEY_PAIR).tags(tag("k", "v"))));
    assertThat(made.tags()).containsExactly(tag("k", "v"));
  }

  @Test
  void everyKindOfResourceIsLookedForInATableThatIsThere() {
    for (Taggable kind : Taggable.values()) {
      String id = kind.kind().draw(new java.util.Random(7));
      assertThat(Taggable.of(id)).contains(kind);
      assertThat(
              jdbc.sql(kind.ownedSql())
                  .param("account", ann.accountId())
                  .param("ids", List.of(id))
                  .query(String.class)
                  .list())
          .isEmpty();
    }
    assertThat(Taggable.of(IdKind.HOST.draw(new java.util.Random(7)))).isEmpty();
  }

  @Test
  void taggingAGuestThatReadsItsTagsRefreshesItsHostsMetadata() {
    String host = anInstance("i-00000000000000aaa", "vm-00000000000000aaa", true);
    jdbc.sql("DELETE FROM work_item WHERE kind = 'host-network'").update();
    put("i-00000000000000aaa", tag("Name", "web"));
    assertThat(wokenHosts()).containsExactly(host);

    jdbc.sql("UPDATE instance SET metadata_tags = false").update();
    jdbc.sql("DELETE FROM work_item WHERE kind = 'host-network'").update();
    ec2.deleteTags(r -> r.resources("i-00000000000000aaa"));
    assertThat(wokenHosts()).isEmpty();
  }

  private String anInstance(String instance, String vm, boolean metadataTags) {
    bare.add(jdbc);
    String account = ann.accountId();
    for (String sql :
        List.of(
            "INSERT INTO dhcp_options (id, account_id, domain_name, domain_name_servers)"
                + " VALUES ('dopt-00000000000000aaa', '%s', 'x', 'x')".formatted(account),
            "INSERT INTO vpc (id, account_id, cidr, cidr_association_id, dhcp_options_id) VALUES"
                + " ('vpc-00000000000000aaa', '%s', '10.9.0.0/16',".formatted(account)
                + " 'vpc-cidr-assoc-00000000000000aaa', 'dopt-00000000000000aaa')",
            "INSERT INTO subnet (id, account_id, vpc_id, zone, cidr) VALUES ('subnet-00000000000000aaa',"
                + " '%s', 'vpc-00000000000000aaa', 'home-1q', '10.9.0.0/24')".formatted(account),
            "INSERT INTO image (id, account_id, name, source) VALUES ('ami-00000000000000aaa',"
                + " '%s', 'for-tags', 'file:///x')".formatted(account),
            """
            INSERT INTO instance (id, account_id, reservation_id, launch_index, image_id, type,
              zone, vpc_id, subnet_id, root_device_name, power, metadata_tags)
            VALUES ('%s', '%s', 'r-00000000000000aaa', 0, 'ami-00000000000000aaa', 't3.nano',
              'home-1q', 'vpc-00000000000000aaa', 'subnet-00000000000000aaa', '/dev/xvda', 'on', %s)
            """
                .formatted(instance, account, metadataTags),
            "INSERT INTO vm (id, instance_id, host_id, vcpus, memory_mib, first_reboot_count)"
                + " VALUES ('%s', '%s', '%s', 2, 512, 0)".formatted(vm, instance, bare.id()))) {
      jdbc.sql(sql).update();
    }
    return bare.id();
  }

  private List<String> wokenHosts() {
    return jdbc.sql("SELECT key FROM work_item WHERE kind = 'host-network'")
        .query(String.class)
        .list();
  }

  private String newKey(String name) {
    return ec2.createKeyPair(
            CreateKeyPairRequest.builder().keyName(name).keyType("ed25519").build())
        .keyPairId();
  }

  private void put(String resource, Tag... tags) {
    ec2.createTags(r -> r.resources(resource).tags(tags));
  }

  private List<TagDescription> described(Filter... filters) {
    return ec2.describeTags(r -> r.filters(filters)).tags();
  }

  private static Tag tag(String name, String value) {
    return Tag.builder().key(name).value(value).build();
  }

  private static Filter filter(String name, String... values) {
    return Filter.builder().name(name).values(values).build();
  }
}
