package io.hanok.control.network;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.host.ZoneAppeared;
import io.hanok.control.shared.Caller;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Hosts, zones and instances as rows, for tests of what lies between them. */
public final class TestNetworks {
  private static final Random RANDOM = new Random(7);

  private final JdbcClient jdbc;
  private final TransactionTemplate transactions;
  private final ApplicationEventPublisher events;
  private final List<String> hosts = new ArrayList<>();
  private final List<String> instances = new ArrayList<>();

  public TestNetworks(
      JdbcClient jdbc, TransactionTemplate transactions, ApplicationEventPublisher events) {
    this.jdbc = jdbc;
    this.transactions = transactions;
    this.events = events;
  }

  /** A zone, as the first host of it makes it; a zone that is there stays. */
  public void zone(String name) {
    transactions.executeWithoutResult(
        status -> {
          if (jdbc.sql("INSERT INTO zone (name) VALUES (:name) ON CONFLICT DO NOTHING")
                  .param("name", name)
                  .update()
              == 1) {
            events.publishEvent(new ZoneAppeared(name));
          }
        });
  }

  /** A host in a zone that is there. */
  public String host(String zone) {
    String id = IdKind.HOST.draw(RANDOM);
    hosts.add(id);
    jdbc.sql("INSERT INTO host (id, name, zone) VALUES (:id, :id, :zone)")
        .param("id", id)
        .param("zone", zone)
        .update();
    return id;
  }

  /** An instance's row in the account's default subnet of a zone. */
  public String instance(Caller owner, String zone) {
    String id = IdKind.INSTANCE.draw(RANDOM);
    instances.add(id);
    String image = IdKind.IMAGE.draw(RANDOM);
    jdbc.sql("INSERT INTO image (id, account_id, name, source) VALUES (:id, :account, :id, 'x')")
        .param("id", image)
        .param("account", owner.accountId())
        .update();
    jdbc.sql(
            """
            INSERT INTO instance (id, account_id, reservation_id, launch_index, image_id, type,
              zone, vpc_id, subnet_id, root_device_name, power)
            SELECT :id, :account, :reservation, 0, :image, 't3.nano',
              zone, vpc_id, id, '/dev/xvda', 'on' FROM subnet WHERE id = :subnet
            """)
        .param("id", id)
        .param("account", owner.accountId())
        .param("reservation", IdKind.RESERVATION.draw(RANDOM))
        .param("image", image)
        .param("subnet", subnet(owner, zone))
        .update();
    return id;
  }

  /** The account's default subnet in a zone. */
  public String subnet(Caller owner, String zone) {
    return jdbc.sql("SELECT id FROM subnet WHERE account_id = :account AND zone = :zone")
        .param("account", owner.accountId())
        .param("zone", zone)
        .query(String.class)
        .single();
  }

  /** The account's default VPC. */
  public String vpc(Caller owner) {
    return jdbc.sql("SELECT id FROM vpc WHERE account_id = :account AND is_default")
        .param("account", owner.accountId())
        .query(String.class)
        .single();
  }

  /** The account's default group. */
  public String defaultGroup(Caller owner) {
    return jdbc.sql(
            "SELECT id FROM security_group WHERE account_id = :account AND name = 'default'")
        .param("account", owner.accountId())
        .query(String.class)
        .single();
  }

  /** Embodies an instance on a host. */
  public String vm(String instance, String host) {
    String id = IdKind.VM.draw(RANDOM);
    jdbc.sql(
            """
            INSERT INTO vm (id, instance_id, host_id, vcpus, memory_mib, first_reboot_count)
            VALUES (:id, :instance, :host, 2, 512, 0)
            """)
        .param("id", id)
        .param("instance", instance)
        .param("host", host)
        .update();
    return id;
  }

  /** The hosts whose network documents are to be composed anew; none of them from now on. */
  public List<String> woken() {
    return jdbc.sql("DELETE FROM work_item WHERE kind = 'host-network' RETURNING key")
        .query(String.class)
        .list();
  }

  /**
   * Removes the hosts and instances again, with the work that they caused: no agent serves these
   * hosts, and other tests of the same database wait until all work is done.
   */
  public void forget() {
    for (String instance : instances) {
      for (String sql :
          List.of(
              """
              UPDATE public_address SET eni_id = NULL, private_address = NULL, association_id = NULL
              WHERE allocation_id IS NOT NULL
                AND eni_id IN (SELECT id FROM network_interface WHERE instance_id = :id)
              """,
              """
              DELETE FROM public_address
              WHERE eni_id IN (SELECT id FROM network_interface WHERE instance_id = :id)
              """,
              "DELETE FROM network_interface WHERE instance_id = :id",
              "DELETE FROM instance WHERE id = :id")) {
        jdbc.sql(sql).param("id", instance).update();
      }
    }
    for (String host : hosts) {
      for (String sql :
          List.of(
              "DELETE FROM work_item WHERE key LIKE '%' || :id || '%'",
              "DELETE FROM agent_document WHERE host_id = :id",
              "DELETE FROM host WHERE id = :id")) {
        jdbc.sql(sql).param("id", host).update();
      }
    }
  }
}
