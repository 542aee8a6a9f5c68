package io.hanok.control.hostnet;

import io.hanok.control.hostnet.HostNetworkView.AddressRow;
import io.hanok.control.hostnet.HostNetworkView.InterfaceRow;
import io.hanok.control.hostnet.HostNetworkView.MemberOf;
import io.hanok.control.hostnet.HostNetworkView.MemberRow;
import io.hanok.control.hostnet.HostNetworkView.PublicRow;
import io.hanok.control.hostnet.HostNetworkView.RuleRow;
import io.hanok.control.hostnet.HostNetworkView.SubnetRow;
import io.hanok.control.hostnet.HostNetworkView.VpcRow;
import io.hanok.control.shared.HanokProperties;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Reads the rows of one host's network document, in a fixed number of statements. */
@Component
class HostNetworkRows {
  private final JdbcClient jdbc;
  private final HanokProperties properties;
  private final MetadataSource metadata;

  HostNetworkRows(JdbcClient jdbc, HanokProperties properties, MetadataSource metadata) {
    this.jdbc = jdbc;
    this.properties = properties;
    this.metadata = metadata;
  }

  HostNetworkView read(String hostId) {
    List<InterfaceRow> interfaces = interfaces(hostId);
    Set<String> enis = interfaces.stream().map(InterfaceRow::id).collect(Collectors.toSet());
    Set<String> vpcs = interfaces.stream().map(InterfaceRow::vpcId).collect(Collectors.toSet());
    List<MemberOf> memberships =
        list(
            "SELECT eni_id, group_id FROM network_interface_group WHERE eni_id IN (:ids)",
            enis,
            (row, n) -> new MemberOf(row.getString(1), row.getString(2)));
    Set<String> groups =
        memberships.stream().map(MemberOf::groupId).collect(Collectors.toCollection(TreeSet::new));
    List<RuleRow> rules = rules(groups);
    rules.stream().map(RuleRow::peerGroupId).filter(peer -> peer != null).forEach(groups::add);
    return new HostNetworkView(
        properties.publicCidr(),
        vpcs(vpcs),
        subnets(vpcs),
        interfaces,
        list(
            """
            SELECT eni_id, host(address), is_primary FROM network_interface_address
            WHERE eni_id IN (:ids)
            """,
            enis,
            (row, n) -> new AddressRow(row.getString(1), row.getString(2), row.getBoolean(3))),
        list(
            """
            SELECT eni_id, host(private_address), host(address) FROM public_address
            WHERE eni_id IN (:ids)
            """,
            enis,
            (row, n) -> new PublicRow(row.getString(1), row.getString(2), row.getString(3))),
        memberships,
        rules,
        list(
            """
            SELECT nig.group_id, host(a.address) FROM network_interface_group nig
            JOIN network_interface_address a ON a.eni_id = nig.eni_id
            WHERE nig.group_id IN (:ids)
            """,
            groups,
            (row, n) -> new MemberRow(row.getString(1), row.getString(2))),
        metadata(interfaces));
  }

  private List<InterfaceRow> interfaces(String hostId) {
    return jdbc.sql(
            """
            SELECT ni.id, vm.id AS vm_id, ni.instance_id, ni.vpc_id, ni.subnet_id, ni.mac::text,
              ni.device_index, ni.source_dest_check
            FROM vm JOIN network_interface ni ON ni.instance_id = vm.instance_id
            WHERE vm.host_id = :host AND vm.ended_at IS NULL
            """)
        .param("host", hostId)
        .query(
            (row, n) ->
                new InterfaceRow(
                    row.getString("id"),
                    row.getString("vm_id"),
                    row.getString("instance_id"),
                    row.getString("vpc_id"),
                    row.getString("subnet_id"),
                    row.getString("mac"),
                    row.getInt("device_index"),
                    row.getBoolean("source_dest_check")))
        .list();
  }

  private List<VpcRow> vpcs(Set<String> vpcs) {
    return list(
        """
        SELECT v.id, v.vni, v.cidr::text, d.domain_name
        FROM vpc v JOIN dhcp_options d ON d.id = v.dhcp_options_id WHERE v.id IN (:ids)
        """,
        vpcs,
        (row, n) ->
            new VpcRow(row.getString(1), row.getInt(2), row.getString(3), row.getString(4)));
  }

  /** A subnet without a route table of its own has its VPC's main one. */
  private List<SubnetRow> subnets(Set<String> vpcs) {
    return list(
        """
        SELECT s.id, s.vpc_id, s.cidr::text, EXISTS (
          SELECT 1 FROM route r
          JOIN internet_gateway g ON g.id = r.target AND g.vpc_id = s.vpc_id
          WHERE r.destination = '0.0.0.0/0' AND r.route_table_id = coalesce(
            (SELECT a.route_table_id FROM route_table_association a WHERE a.subnet_id = s.id),
            (SELECT t.id FROM route_table t
             WHERE t.vpc_id = s.vpc_id AND t.main_association_id IS NOT NULL)))
        FROM subnet s WHERE s.vpc_id IN (:ids)
        """,
        vpcs,
        (row, n) ->
            new SubnetRow(row.getString(1), row.getString(2), row.getString(3), row.getBoolean(4)));
  }

  private List<RuleRow> rules(Set<String> groups) {
    return list(
        """
        SELECT id, group_id, egress, protocol, from_port, to_port, cidr::text, peer_group_id
        FROM security_group_rule WHERE group_id IN (:ids)
        """,
        groups,
        (row, n) ->
            new RuleRow(
                row.getString("id"),
                row.getString("group_id"),
                row.getBoolean("egress"),
                row.getString("protocol"),
                row.getObject("from_port", Integer.class),
                row.getObject("to_port", Integer.class),
                row.getString("cidr"),
                row.getString("peer_group_id")));
  }

  private Map<String, io.hanok.agent.api.HostNetworkSpec.Metadata> metadata(
      List<InterfaceRow> interfaces) {
    Set<String> instances =
        interfaces.stream().map(InterfaceRow::instanceId).collect(Collectors.toSet());
    return instances.isEmpty() ? Map.of() : metadata.of(instances);
  }

  private <T> List<T> list(String sql, Collection<String> ids, RowMapper<T> mapper) {
    return ids.isEmpty() ? List.of() : jdbc.sql(sql).param("ids", ids).query(mapper).list();
  }
}
