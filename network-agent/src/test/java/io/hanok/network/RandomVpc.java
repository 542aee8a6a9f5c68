package io.hanok.network;

import static io.hanok.network.Documents.from;
import static io.hanok.network.Documents.group;
import static io.hanok.network.Documents.nic;

import io.hanok.agent.api.HostNetworkSpec.Interface;
import io.hanok.agent.api.HostNetworkSpec.Rule;
import io.hanok.agent.api.HostNetworkSpec.SecurityGroup;
import io.hanok.agent.api.HostNetworkSpec.Vpc;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Draws descriptions of a VPC: up to six interfaces, three groups and overlapping rules. */
public final class RandomVpc {
  private static final int GROUPS = 3;
  private static final List<String> RANGES =
      List.of("0.0.0.0/0", "10.0.0.0/24", "10.0.1.0/24", "10.0.0.5/32", "10.0.0.0/15");

  private RandomVpc() {}

  /** A VPC with some of the interfaces 5 to 10. */
  public static Vpc draw(Random random) {
    return draw(random, IntStream.range(5, 11).filter(n -> random.nextInt(3) > 0).boxed().toList());
  }

  /** A VPC with these interfaces; even ones are in the private subnet. */
  public static Vpc draw(Random random, List<Integer> numbers) {
    List<Interface> nics = new ArrayList<>();
    for (int number : numbers) {
      Integer[] groups =
          IntStream.rangeClosed(1, GROUPS)
              .filter(g -> random.nextInt(2) == 0)
              .boxed()
              .toArray(Integer[]::new);
      Interface nic = nic(number, number % 2 == 0 ? 2 : 1, address(number), groups);
      nics.add(
          random.nextInt(3) == 0
              ? Documents.withPublic(nic, "198.18.0." + random.nextInt(4))
              : nic);
    }
    nics = distinctPublicAddresses(nics);
    List<SecurityGroup> groups = new ArrayList<>();
    for (int g = 1; g <= GROUPS; g++) {
      int number = g;
      List<String> members =
          nics.stream()
              .filter(n -> n.groups().contains(group(number)))
              .map(n -> n.privateAddresses().getFirst())
              .toList();
      List<Rule> egress = random.nextBoolean() ? List.of(Documents.EVERYTHING) : rules(random);
      groups.add(new SecurityGroup(group(g), rules(random), egress, members));
    }
    return Documents.vpc(1, groups, nics.toArray(Interface[]::new));
  }

  /** The address of an interface. */
  public static String address(int number) {
    return number % 2 == 0 ? "10.0.1." + number : "10.0.0." + number;
  }

  private static List<Interface> distinctPublicAddresses(List<Interface> nics) {
    List<Interface> distinct = new ArrayList<>();
    for (Interface nic : nics) {
      boolean taken =
          distinct.stream()
              .flatMap(n -> n.publicAddresses().values().stream())
              .anyMatch(nic.publicAddresses()::containsValue);
      distinct.add(
          taken
              ? Documents.withMetadata(
                  nic(
                      Integer.parseInt(nic.eniId().value().substring(4), 16),
                      nic.subnetId().equals(Documents.subnet(1)) ? 1 : 2,
                      nic.privateAddresses().getFirst()),
                  m -> m)
              : nic);
    }
    return distinct;
  }

  private static List<Rule> rules(Random random) {
    return IntStream.range(0, random.nextInt(5)).mapToObj(i -> rule(random)).toList();
  }

  private static Rule rule(Random random) {
    String protocol = List.of("tcp", "udp", "icmp", "-1", "6", "47").get(random.nextInt(6));
    Integer from = null;
    Integer to = null;
    if (protocol.equals("icmp")) {
      from = random.nextBoolean() ? -1 : 8;
      to = -1;
    } else if (!protocol.equals("-1") && !protocol.equals("47")) {
      from = 1000 + random.nextInt(3);
      to = from + random.nextInt(2);
    }
    return random.nextInt(3) == 0
        ? from(protocol, from, to, group(1 + random.nextInt(GROUPS)))
        : from(protocol, from, to, RANGES.get(random.nextInt(RANGES.size())));
  }
}
