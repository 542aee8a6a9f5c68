package io.hanok.network.dhcp;

import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.Subnet;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import io.hanok.agent.api.TapName;
import io.hanok.network.address.Ipv4Range;
import io.hanok.network.address.MacAddress;
import io.hanok.network.address.ServiceAddresses;
import io.hanok.network.router.RouterPlan;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The files that dnsmasq reads for one VPC, as text.
 *
 * <p>Hosts are files of their own, which dnsmasq notices when they appear. They bear no tags: 2.90
 * crashes when it reads a tagged one again. Leases are kept in memory only: every address belongs
 * to one hardware address by its host file, and a lease that outlived its interface would keep the
 * address from the next one.
 *
 * @param configuration text of the configuration file
 * @param hosts file name → text, one DHCP host for each interface
 * @param names file name → text, names that do not follow from their address
 */
public record DnsmasqFiles(
    String configuration, SortedMap<String, String> hosts, SortedMap<String, String> names) {
  /** File of the configuration. */
  public static final String CONFIGURATION = "dnsmasq.conf";

  /** File with the process id. */
  public static final String PID = "dnsmasq.pid";

  /** Directory of the DHCP hosts. */
  public static final String HOSTS = "hosts.d";

  /** Directory of the names. */
  public static final String NAMES = "names.d";

  private static final Pattern LABEL =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?");
  private static final int DEFAULT_MTU = 1500;

  public DnsmasqFiles {
    hosts = Collections.unmodifiableSortedMap(new TreeMap<>(hosts));
    names = Collections.unmodifiableSortedMap(new TreeMap<>(names));
  }

  /**
   * The files of a VPC.
   *
   * @param directory where they will be
   * @param resolvers addresses of the servers that answer for all other names; may be empty
   * @throws IllegalArgumentException if a name or an address is none
   */
  public static DnsmasqFiles of(Vpc vpc, Path directory, List<String> resolvers) {
    String domain = domain(vpc.dnsDomain());
    SortedMap<String, String> hosts = new TreeMap<>();
    SortedMap<String, String> names = new TreeMap<>();
    for (Interface nic : vpc.interfaces()) {
      String address = Ipv4Range.address(nic.privateAddresses().getFirst());
      String name = label(nic.hostName());
      hosts.put(nic.eniId().value(), new MacAddress(nic.mac()) + "," + address + "," + name + "\n");
      if (!name.equals("ip-" + address.replace('.', '-'))) {
        names.put(nic.eniId().value(), address + " " + name + "." + domain + "\n");
      }
    }
    return new DnsmasqFiles(configuration(vpc, domain, directory, resolvers), hosts, names);
  }

  private static String configuration(
      Vpc vpc, String domain, Path directory, List<String> resolvers) {
    StringBuilder text = new StringBuilder();
    text.append("# ").append(vpc.vpcId()).append("\n");
    text.append(
        """
        pid-file=%1$s/%2$s
        log-facility=%1$s/dnsmasq.log
        user=root
        group=root
        no-resolv
        no-hosts
        interface=%3$s
        interface=%4$s*
        except-interface=lo
        bind-dynamic
        bridge-interface=%3$s,%4$s*
        dhcp-authoritative
        no-ping
        quiet-dhcp
        leasefile-ro
        dhcp-lease-max=65536
        dhcp-ignore=tag:!known
        dhcp-hostsdir=%1$s/%5$s
        hostsdir=%1$s/%6$s
        domain=%7$s
        local=/%7$s/
        bogus-priv
        domain-needed
        dhcp-option=option:dns-server,%8$s
        dhcp-option=option:domain-name,%7$s
        dhcp-option=option:ntp-server,%9$s
        dhcp-option=option:mtu,%10$d
        """
            .formatted(
                directory,
                PID,
                RouterPlan.GATEWAY,
                TapName.PREFIX,
                HOSTS,
                NAMES,
                domain,
                RouterPlan.resolver(vpc),
                ServiceAddresses.TIME,
                mtu(vpc)));
    for (String cidr : vpc.cidrs()) {
      text.append("synth-domain=%s,%s,ip-\n".formatted(domain, Ipv4Range.parse(cidr)));
    }
    for (Subnet subnet : vpc.subnets()) {
      Ipv4Range range = Ipv4Range.parse(subnet.cidr());
      text.append(
          "dhcp-range=set:%s,%s,static,%s,1h\n"
              .formatted(subnet.subnetId(), range.at(0), range.netmask()));
      text.append(
          "dhcp-option=tag:%s,option:router,%s\n".formatted(subnet.subnetId(), range.at(1)));
    }
    for (String resolver : resolvers) {
      text.append("server=").append(Ipv4Range.address(resolver)).append("\n");
    }
    return text.toString();
  }

  /** One value for the VPC, as a host file cannot bear a tag: the smallest that anybody needs. */
  private static int mtu(Vpc vpc) {
    return vpc.interfaces().stream().mapToInt(Interface::mtu).min().orElse(DEFAULT_MTU);
  }

  private static String domain(String text) {
    for (String part : text.split("\\.", -1)) {
      label(part);
    }
    return text;
  }

  private static String label(String text) {
    if (!LABEL.matcher(text).matches()) {
      throw new IllegalArgumentException("not a host name: " + text);
    }
    return text;
  }

  /** All files but the configuration, by path below the directory. */
  Map<String, String> entries() {
    Map<String, String> all = new TreeMap<>();
    hosts.forEach((name, text) -> all.put(HOSTS + "/" + name, text));
    names.forEach((name, text) -> all.put(NAMES + "/" + name, text));
    return all;
  }
}
