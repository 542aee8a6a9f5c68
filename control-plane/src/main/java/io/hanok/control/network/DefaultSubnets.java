package io.hanok.control.network;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.host.ZoneAppeared;
import io.hanok.control.shared.Cidr4;
import io.hanok.control.shared.Ids;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.EventListener;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Keeps a default subnet of each default VPC in each zone: a new zone brings one to each account.
 */
@Service
public class DefaultSubnets {
  private static final Logger LOG = LoggerFactory.getLogger(DefaultSubnets.class);
  private static final int PREFIX = 20;

  private final VpcRepository vpcs;
  private final SubnetRepository subnets;
  private final EntityManager entities;
  private final JdbcClient jdbc;
  private final Ids ids;
  private final Clock clock;

  public DefaultSubnets(
      VpcRepository vpcs,
      SubnetRepository subnets,
      EntityManager entities,
      JdbcClient jdbc,
      Ids ids,
      Clock clock) {
    this.vpcs = vpcs;
    this.subnets = subnets;
    this.entities = entities;
    this.jdbc = jdbc;
    this.ids = ids;
    this.clock = clock;
  }

  @EventListener
  @Transactional(propagation = Propagation.MANDATORY)
  public void on(ZoneAppeared event) {
    zoneAppeared(event.zone());
  }

  /** Gives every default VPC its subnet in a zone whose row is already there. */
  @Transactional(propagation = Propagation.MANDATORY)
  public void zoneAppeared(String zone) {
    lock();
    for (Vpc vpc : vpcs.allDefault()) {
      fill(vpc);
    }
  }

  /**
   * Keeps a new account and a new zone apart until the transaction ends: whichever comes second
   * sees the other's rows, so that no VPC misses a zone.
   */
  void lock() {
    jdbc.sql("SELECT pg_advisory_xact_lock(hashtextextended('default networks', 0))")
        .query((row, n) -> 0)
        .list();
  }

  /** Makes the default subnets that a default VPC lacks, in the order of the zones' names. */
  void fill(Vpc vpc) {
    List<String> zones =
        new ArrayList<>(jdbc.sql("SELECT name FROM zone ORDER BY name").query(String.class).list());
    List<Subnet> present = subnets.findByVpcId(vpc.id());
    Set<String> served = new HashSet<>();
    List<Cidr4> used = new ArrayList<>();
    for (Subnet subnet : present) {
      used.add(Cidr4.of(subnet.cidr()));
      if (subnet.isDefault()) {
        served.add(subnet.zone());
      }
    }
    zones.removeAll(served);
    for (String zone : zones) {
      Optional<Cidr4> free = nextFree(Cidr4.of(vpc.cidr()), used);
      if (free.isEmpty()) {
        LOG.warn("{} has no /{} left for a default subnet in {}", vpc.id(), PREFIX, zone);
        return;
      }
      used.add(free.get());
      create(vpc, zone, free.get());
    }
  }

  /** The lowest /20 of a range that overlaps none of those in use. */
  static Optional<Cidr4> nextFree(Cidr4 range, List<Cidr4> used) {
    long size = 1L << (32 - PREFIX);
    for (long first = range.first(); first + size - 1 <= range.last(); first += size) {
      Cidr4 candidate = new Cidr4(first, PREFIX);
      if (used.stream().noneMatch(candidate::overlaps)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private void create(Vpc vpc, String zone, Cidr4 cidr) {
    Subnet subnet =
        new Subnet(
            ids.next(IdKind.SUBNET),
            vpc.accountId(),
            vpc.id(),
            zone,
            cidr.toString(),
            true,
            true,
            clock.instant());
    entities.persist(subnet);
    entities.flush();
    String acl =
        jdbc.sql("SELECT id FROM network_acl WHERE vpc_id = :vpc AND is_default")
            .param("vpc", vpc.id())
            .query(String.class)
            .single();
    entities.persist(
        new NetworkAclAssociation(ids.next(IdKind.NETWORK_ACL_ASSOCIATION), acl, subnet.id()));
    entities.flush();
  }
}
