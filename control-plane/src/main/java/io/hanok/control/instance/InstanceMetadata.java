package io.hanok.control.instance;

import io.hanok.agent.api.HostNetworkSpec;
import io.hanok.control.network.NetworkInterfaces.GroupRef;
import io.hanok.control.network.NetworkInterfaces.InterfaceView;
import io.hanok.control.shared.HanokProperties;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.ec2.model.Tag;
import tools.jackson.databind.json.JsonMapper;

/**
 * Composes what the metadata service tells a guest about itself: a pure function.
 *
 * <p>Paths: "Instance metadata categories" and "Instance identity documents" of the EC2 User Guide.
 */
final class InstanceMetadata {
  private InstanceMetadata() {}

  static HostNetworkSpec.Metadata of(
      InstanceDetails details, HanokProperties properties, JsonMapper json) {
    Instance i = details.instance();
    MetadataOptions options = i.metadataOptions();
    return new HostNetworkSpec.Metadata(
        options.enabled(),
        options.tokensRequired(),
        options.hopLimit(),
        entries(details, properties, json),
        i.userData() == null ? null : Base64.getEncoder().encodeToString(i.userData()));
  }

  private static Map<String, String> entries(
      InstanceDetails details, HanokProperties properties, JsonMapper json) {
    Instance i = details.instance();
    Map<String, String> e = new TreeMap<>();
    String address = details.privateAddress().orElse("");
    String name = "ip-" + address.replace('.', '-') + "." + properties.internalDomain();
    e.put("meta-data/ami-id", i.imageId());
    e.put("meta-data/ami-launch-index", String.valueOf(i.launchIndex()));
    e.put("meta-data/ami-manifest-path", "(unknown)");
    e.put("meta-data/block-device-mapping/ami", i.rootDeviceName());
    e.put("meta-data/block-device-mapping/root", i.rootDeviceName());
    e.put("meta-data/hostname", name);
    e.put("meta-data/local-hostname", name);
    e.put("meta-data/instance-action", "none");
    e.put("meta-data/instance-id", i.id());
    e.put("meta-data/instance-life-cycle", "on-demand");
    e.put("meta-data/instance-type", i.type());
    e.put("meta-data/local-ipv4", address);
    e.put("meta-data/placement/availability-zone", i.zone());
    e.put("meta-data/placement/region", properties.region());
    e.put("meta-data/profile", "default-hvm");
    e.put("meta-data/reservation-id", i.reservationId());
    e.put("meta-data/services/domain", "amazonaws.com");
    e.put("meta-data/services/partition", "aws");
    details
        .publicAddress()
        .ifPresent(
            p -> {
              e.put("meta-data/public-ipv4", p);
              e.put(
                  "meta-data/public-hostname",
                  "ec2-" + p.replace('.', '-') + "." + properties.publicDomain());
            });
    if (i.publicKey() != null) {
      // The directory "public-keys/" lists "0=name"; the agent prints that form for this path.
      e.put("meta-data/public-keys/0=" + i.keyName(), "");
      e.put("meta-data/public-keys/0/openssh-key", i.publicKey());
    }
    details.primary().ifPresent(p -> e.put("meta-data/mac", p.eni().mac()));
    details
        .primary()
        .ifPresent(p -> e.put("meta-data/security-groups", lines(p.groups(), GroupRef::name)));
    for (InterfaceView view : details.interfaces()) {
      interfaceEntries(e, view, properties);
    }
    if (i.metadataOptions().tags()) {
      for (Tag tag : details.tags()) {
        e.put("meta-data/tags/instance/" + tag.key(), tag.value());
      }
    }
    e.put("dynamic/instance-identity/document", identity(details, properties, json));
    return e;
  }

  private static void interfaceEntries(
      Map<String, String> e, InterfaceView view, HanokProperties properties) {
    String at = "meta-data/network/interfaces/macs/" + view.eni().mac() + "/";
    String primary = view.privateAddresses().getFirst();
    e.put(at + "device-number", String.valueOf(view.eni().deviceIndex()));
    e.put(at + "interface-id", view.eni().id());
    e.put(
        at + "local-hostname",
        "ip-" + primary.replace('.', '-') + "." + properties.internalDomain());
    e.put(at + "local-ipv4s", String.join("\n", view.privateAddresses()));
    e.put(at + "mac", view.eni().mac());
    e.put(at + "owner-id", view.eni().accountId());
    e.put(at + "security-groups", lines(view.groups(), GroupRef::name));
    e.put(at + "security-group-ids", lines(view.groups(), GroupRef::id));
    e.put(at + "subnet-id", view.eni().subnetId());
    e.put(at + "vpc-id", view.eni().vpcId());
    if (!view.publicAddresses().isEmpty()) {
      e.put(
          at + "public-ipv4s",
          view.publicAddresses().values().stream()
              .map(p -> p.address())
              .sorted()
              .collect(Collectors.joining("\n")));
    }
  }

  private static String lines(
      List<GroupRef> groups, java.util.function.Function<GroupRef, String> of) {
    return groups.stream().map(of).collect(Collectors.joining("\n"));
  }

  private static String identity(
      InstanceDetails details, HanokProperties properties, JsonMapper json) {
    Instance i = details.instance();
    Map<String, Object> document = new TreeMap<>();
    document.put("accountId", i.accountId());
    document.put("architecture", "x86_64");
    document.put("availabilityZone", i.zone());
    document.put("imageId", i.imageId());
    document.put("instanceId", i.id());
    document.put("instanceType", i.type());
    document.put(
        "pendingTime",
        i.launchedAt().truncatedTo(java.time.temporal.ChronoUnit.SECONDS).toString());
    document.put("privateIp", details.privateAddress().orElse(""));
    document.put("region", properties.region());
    document.put("version", "2017-09-30");
    return json.writerWithDefaultPrettyPrinter().writeValueAsString(document);
  }
}
