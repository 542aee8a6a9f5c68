package io.hanok.control.hostnet;

import io.hanok.control.reconcile.WorkQueue;
import jakarta.persistence.EntityManager;
import java.util.Collection;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/**
 * Wakes the hosts whose network documents a change concerns, in the transaction of the change.
 *
 * <p>To be called when the change's rows are in place; a change that removes rows (a membership, a
 * rule) is told before <em>and</em> after, or before alone where the hosts can only become fewer.
 */
@Component
public class HostNetworks {
  /** Kind of the work items; the key is a host's id. */
  public static final String KIND = "host-network";

  private final JdbcClient jdbc;
  private final WorkQueue queue;
  private final EntityManager entities;

  public HostNetworks(JdbcClient jdbc, WorkQueue queue, EntityManager entities) {
    this.jdbc = jdbc;
    this.queue = queue;
    this.entities = entities;
  }

  /** Hosts that carry these interfaces now. */
  @Transactional
  public void wakeOfInterfaces(Collection<String> eniIds) {
    wake(
        """
        SELECT DISTINCT vm.host_id FROM network_interface ni
        JOIN vm ON vm.instance_id = ni.instance_id AND vm.ended_at IS NULL
        WHERE ni.id IN (:ids)
        """,
        eniIds);
  }

  /** Hosts that carry an interface of these groups, or of a group whose rules name one of them. */
  @Transactional
  public void wakeOfGroups(Collection<String> groupIds) {
    wake(
        """
        SELECT DISTINCT vm.host_id FROM network_interface_group nig
        JOIN network_interface ni ON ni.id = nig.eni_id
        JOIN vm ON vm.instance_id = ni.instance_id AND vm.ended_at IS NULL
        WHERE nig.group_id IN (:ids) OR nig.group_id IN (
          SELECT group_id FROM security_group_rule WHERE peer_group_id IN (:ids))
        """,
        groupIds);
  }

  /** Hosts that carry an interface of these VPCs. */
  @Transactional
  public void wakeOfVpcs(Collection<String> vpcIds) {
    wake(
        """
        SELECT DISTINCT vm.host_id FROM network_interface ni
        JOIN vm ON vm.instance_id = ni.instance_id AND vm.ended_at IS NULL
        WHERE ni.vpc_id IN (:ids)
        """,
        vpcIds);
  }

  private void wake(String hostsOf, Collection<String> ids) {
    if (ids.isEmpty()) {
      return;
    }
    // The statement below sees only what has been written.
    entities.flush();
    List<String> hosts = jdbc.sql(hostsOf).param("ids", ids).query(String.class).list();
    queue.wakeAll(KIND, hosts);
  }
}
