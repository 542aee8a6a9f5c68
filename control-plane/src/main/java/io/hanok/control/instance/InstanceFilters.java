package io.hanok.control.instance;

import io.hanok.control.address.PublicAddress;
import io.hanok.control.ec2.Filters;
import io.hanok.control.ec2.Wildcards;
import io.hanok.control.network.NetworkInterface;
import io.hanok.control.network.NetworkInterfaceAddress;
import io.hanok.control.network.NetworkInterfaceGroup;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.persistence.criteria.Subquery;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The filters of DescribeInstances, in SQL. */
final class InstanceFilters {
  static final Filters<Instance> ALL =
      Filters.on(Instance.class)
          .text("instance-id", "id")
          .text("image-id", "imageId")
          .text("instance-type", "type")
          .text("key-name", "keyName")
          .text("subnet-id", "subnetId")
          .text("network-interface.subnet-id", "subnetId")
          .text("vpc-id", "vpcId")
          .text("network-interface.vpc-id", "vpcId")
          .text("availability-zone", "zone")
          .text("reservation-id", "reservationId")
          .text("client-token", "clientToken")
          .text("owner-id", "accountId")
          .text("root-device-name", "rootDeviceName")
          .text("launch-index", "launchIndex")
          .text("state-reason-code", "stateReasonCode")
          .where("instance-state-name", states(InstanceState::text))
          .where("instance-state-code", states(s -> String.valueOf(s.code())))
          .where("architecture", constant("x86_64"))
          .where("hypervisor", constant("xen"))
          .where("virtualization-type", constant("hvm"))
          .where("root-device-type", constant("ebs"))
          .where("tenancy", constant("default"))
          .where("private-ip-address", address(NetworkInterfaceAddress.class))
          .where(
              "network-interface.addresses.private-ip-address",
              address(NetworkInterfaceAddress.class))
          .where("ip-address", address(PublicAddress.class))
          .where("network-interface.addresses.association.public-ip", address(PublicAddress.class))
          .where(
              "instance.group-id",
              ofInterface(
                  NetworkInterfaceGroup.class, (sql, row) -> row.get("groupId").as(String.class)))
          .where(
              "network-interface.group-id",
              ofInterface(
                  NetworkInterfaceGroup.class, (sql, row) -> row.get("groupId").as(String.class)))
          .where("network-interface.network-interface-id", eni("id"))
          .where("network-interface.mac-address", eni("mac"))
          .tags("id")
          .build();

  private InstanceFilters() {}

  private static Filters.Condition<Instance> constant(String only) {
    return (root, query, sql, values) -> Filters.matches(sql, sql.literal(only), values);
  }

  /** A filter on an address: its text is without the prefix length that a cast would append. */
  private static Filters.Condition<Instance> address(Class<?> entity) {
    return ofInterface(
        entity, (sql, row) -> sql.function("host", String.class, row.get("address")));
  }

  private static Filters.Condition<Instance> ofInterface(
      Class<?> entity, BiFunction<CriteriaBuilder, Root<?>, Expression<String>> text) {
    return (root, query, sql, values) -> {
      Subquery<Integer> rows = query.subquery(Integer.class);
      Root<NetworkInterface> eni = rows.from(NetworkInterface.class);
      Root<?> row = rows.from(entity);
      return sql.exists(
          rows.select(sql.literal(1))
              .where(
                  sql.equal(eni.get("instanceId"), root.get("id")),
                  sql.equal(row.get("eniId"), eni.get("id")),
                  Filters.matches(sql, text.apply(sql, row), values)));
    };
  }

  private static Filters.Condition<Instance> eni(String attribute) {
    return (root, query, sql, values) -> {
      Subquery<Integer> rows = query.subquery(Integer.class);
      Root<NetworkInterface> row = rows.from(NetworkInterface.class);
      return sql.exists(
          rows.select(sql.literal(1))
              .where(
                  sql.equal(row.get("instanceId"), root.get("id")),
                  Filters.matches(sql, row.get(attribute).as(String.class), values)));
    };
  }

  /** States are derived, so a filter on them is the derivation in SQL. */
  private static Filters.Condition<Instance> states(Function<InstanceState, String> form) {
    return (root, query, sql, values) -> {
      List<Predicate> any = new ArrayList<>();
      for (InstanceState state : InstanceState.values()) {
        if (Wildcards.matches(form.apply(state), values)) {
          any.add(is(state, root, query, sql));
        }
      }
      if (any.isEmpty() && values.stream().noneMatch(v -> v.contains("*"))) {
        throw new CloudException(
            ErrorCode.INVALID_PARAMETER_VALUE,
            "There is no such instance state: %s. States: %s"
                .formatted(
                    String.join(", ", values),
                    String.join(", ", Arrays.stream(InstanceState.values()).map(form).toList())));
      }
      return sql.or(any.toArray(Predicate[]::new));
    };
  }

  private static Predicate is(
      InstanceState state, Root<Instance> root, CriteriaQuery<?> query, CriteriaBuilder sql) {
    Predicate on = sql.equal(root.get("power"), Power.ON.text());
    Predicate off = sql.equal(root.get("power"), Power.OFF.text());
    Predicate ended = sql.equal(root.get("power"), Power.TERMINATED.text());
    return switch (state) {
      case RUNNING -> sql.and(on, alive(root, query, sql, true));
      case PENDING -> sql.and(on, sql.not(alive(root, query, sql, true)));
      case STOPPING -> sql.and(off, alive(root, query, sql, false));
      case STOPPED -> sql.and(off, sql.not(alive(root, query, sql, false)));
      case SHUTTING_DOWN -> sql.and(ended, sql.isNull(root.get("terminatedAt")));
      case TERMINATED -> sql.and(ended, sql.isNotNull(root.get("terminatedAt")));
    };
  }

  private static Predicate alive(
      Root<Instance> root, CriteriaQuery<?> query, CriteriaBuilder sql, boolean running) {
    Subquery<Integer> rows = query.subquery(Integer.class);
    Root<VmIncarnation> vm = rows.from(VmIncarnation.class);
    List<Predicate> conditions = new ArrayList<>();
    conditions.add(sql.equal(vm.get("instanceId"), root.get("id")));
    conditions.add(sql.isNull(vm.get("endedAt")));
    if (running) {
      conditions.add(sql.isNotNull(vm.get("runningAt")));
    }
    return sql.exists(rows.select(sql.literal(1)).where(conditions.toArray(Predicate[]::new)));
  }
}
