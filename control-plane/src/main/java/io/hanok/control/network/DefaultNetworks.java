package io.hanok.control.network;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.identity.AccountCreated;
import io.hanok.control.securitygroup.SecurityGroups;
import io.hanok.control.shared.HanokProperties;
import io.hanok.control.shared.Ids;
import jakarta.persistence.EntityManager;
import java.time.Clock;
import java.time.Instant;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/**
 * Gives each account its default VPC, so that a launch with no network options works.
 *
 * <p>As EC2's: 172.31.0.0/16 with an internet gateway, a main route table that leads there, a
 * network ACL that allows everything, a default security group, and a /20 subnet in each zone.
 */
@Service
public class DefaultNetworks {
  static final String RANGE = "172.31.0.0/16";
  static final String EVERYWHERE = "0.0.0.0/0";
  static final int LAST_RULE = 32767;

  private final EntityManager entities;
  private final SecurityGroups groups;
  private final DefaultSubnets subnets;
  private final HanokProperties properties;
  private final Ids ids;
  private final Clock clock;

  public DefaultNetworks(
      EntityManager entities,
      SecurityGroups groups,
      DefaultSubnets subnets,
      HanokProperties properties,
      Ids ids,
      Clock clock) {
    this.entities = entities;
    this.groups = groups;
    this.subnets = subnets;
    this.properties = properties;
    this.ids = ids;
    this.clock = clock;
  }

  @EventListener
  @Transactional(propagation = Propagation.MANDATORY)
  public void accountCreated(AccountCreated event) {
    createFor(event.accountId());
  }

  /** Makes an account's default VPC with everything in it, in the present transaction. */
  @Transactional(propagation = Propagation.MANDATORY)
  public Vpc createFor(String accountId) {
    subnets.lock();
    Instant now = clock.instant();
    DhcpOptions dhcp =
        new DhcpOptions(
            ids.next(IdKind.DHCP_OPTIONS),
            accountId,
            properties.internalDomain(),
            "AmazonProvidedDNS",
            now);
    write(dhcp);
    Vpc vpc =
        new Vpc(
            ids.next(IdKind.VPC),
            accountId,
            RANGE,
            ids.next(IdKind.VPC_CIDR_ASSOCIATION),
            true,
            dhcp.id(),
            true,
            now);
    write(vpc);
    InternetGateway gateway =
        new InternetGateway(ids.next(IdKind.INTERNET_GATEWAY), accountId, vpc.id(), now);
    RouteTable routes =
        new RouteTable(
            ids.next(IdKind.ROUTE_TABLE),
            accountId,
            vpc.id(),
            ids.next(IdKind.ROUTE_TABLE_ASSOCIATION),
            now);
    NetworkAcl acl = new NetworkAcl(ids.next(IdKind.NETWORK_ACL), accountId, vpc.id(), true, now);
    write(gateway, routes, acl);
    write(
        new Route(routes.id(), RANGE, "local", "CreateRouteTable"),
        new Route(routes.id(), EVERYWHERE, gateway.id(), "CreateRoute"));
    for (boolean egress : new boolean[] {true, false}) {
      write(
          new NetworkAclEntry(acl.id(), egress, 100, "-1", true, EVERYWHERE),
          new NetworkAclEntry(acl.id(), egress, LAST_RULE, "-1", false, EVERYWHERE));
    }
    groups.createDefault(accountId, vpc.id());
    subnets.fill(vpc);
    return vpc;
  }

  private void write(Object... rows) {
    for (Object row : rows) {
      entities.persist(row);
    }
    entities.flush();
  }
}
