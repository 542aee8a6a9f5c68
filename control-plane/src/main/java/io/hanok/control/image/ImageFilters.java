package io.hanok.control.image;

import io.hanok.control.ec2.Filters;
import io.hanok.control.ec2.Wildcards;
import io.hanok.control.identity.Account;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.Errors;
import io.hanok.control.snapshot.Snapshot;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import java.time.Instant;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.springframework.data.jpa.domain.Specification;
import software.amazon.awssdk.services.ec2.model.Filter;

/** Which images DescribeImages selects: what its parameters mean in SQL. */
final class ImageFilters {
  static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");

  /** EC2's alias for images that the provider of the cloud offers to everybody. */
  static final String PROVIDER_ALIAS = "amazon";

  /** PostgreSQL's pattern for the form in which creation dates are printed. */
  private static final String ISO = "YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"";

  private static final Filters<Image> FILTERS = filters();

  private ImageFilters() {}

  /** What a caller's filters mean together. */
  static Specification<Image> of(List<Filter> filters) {
    return FILTERS.specification(filters);
  }

  /** Images that the caller may know of: its own, and available ones shared with it. */
  static Specification<Image> visibleTo(Caller caller) {
    return (root, query, sql) ->
        sql.and(
            sql.isNull(root.get("deregisteredAt")),
            sql.or(
                sql.equal(root.get("accountId"), caller.accountId()),
                sql.and(
                    sql.isTrue(root.get("available")),
                    sql.or(
                        sql.isTrue(root.get("isPublic")),
                        permitted(root, query, sql, caller.accountId())))));
  }

  /**
   * Images of any of the owners: {@code self}, account ids, {@code amazon} for the operators'
   * public images; other aliases own nothing here.
   */
  static Specification<Image> ownedBy(Caller caller, List<String> owners) {
    if (owners.isEmpty()) {
      return Specification.unrestricted();
    }
    return (root, query, sql) -> {
      List<Predicate> any = new ArrayList<>();
      for (String owner : owners) {
        if (owner.equals("self")) {
          any.add(sql.equal(root.get("accountId"), caller.accountId()));
        } else if (owner.equals(PROVIDER_ALIAS)) {
          any.add(offeredByProvider(root, query, sql));
        } else if (ACCOUNT.matcher(owner).matches()) {
          any.add(sql.equal(root.get("accountId"), owner));
        } else if (!owner.equals("aws-marketplace") && !owner.equals("aws-backup-vault")) {
          throw Errors.invalidValue("Owner", owner, "Expecting self, amazon or an account id.");
        }
      }
      return sql.or(any.toArray(Predicate[]::new));
    };
  }

  /**
   * Images that any of the users has the explicit permission to launch from: {@code self}, {@code
   * all} for public ones, an account id; of other accounts, only permissions that the caller gave.
   */
  static Specification<Image> executableBy(Caller caller, List<String> users) {
    if (users.isEmpty()) {
      return Specification.unrestricted();
    }
    return (root, query, sql) -> {
      List<Predicate> any = new ArrayList<>();
      for (String user : users) {
        if (user.equals("all")) {
          any.add(sql.isTrue(root.get("isPublic")));
        } else if (user.equals("self") || user.equals(caller.accountId())) {
          any.add(permitted(root, query, sql, caller.accountId()));
        } else if (ACCOUNT.matcher(user).matches()) {
          any.add(
              sql.and(
                  sql.equal(root.get("accountId"), caller.accountId()),
                  permitted(root, query, sql, user)));
        } else {
          throw Errors.invalidValue("ExecutableBy", user, "Expecting self, all or an account id.");
        }
      }
      return sql.or(any.toArray(Predicate[]::new));
    };
  }

  private static Predicate permitted(
      Root<Image> root, CriteriaQuery<?> query, CriteriaBuilder sql, String account) {
    var permissions = query.subquery(Integer.class);
    var permission = permissions.from(ImageLaunchPermission.class);
    return sql.exists(
        permissions
            .select(sql.literal(1))
            .where(
                sql.equal(permission.get("imageId"), root.get("id")),
                sql.equal(permission.get("accountId"), account)));
  }

  private static Predicate offeredByProvider(
      Root<Image> root, CriteriaQuery<?> query, CriteriaBuilder sql) {
    var accounts = query.subquery(Integer.class);
    var account = accounts.from(Account.class);
    return sql.and(
        sql.isTrue(root.get("isPublic")),
        sql.exists(
            accounts
                .select(sql.literal(1))
                .where(
                    sql.equal(account.get("id"), root.get("accountId")),
                    sql.isTrue(account.get("operator")))));
  }

  private static Filters.Condition<Image> ofSnapshot(String attribute) {
    return (root, query, sql, values) -> {
      var snapshots = query.subquery(Integer.class);
      var snapshot = snapshots.from(Snapshot.class);
      return sql.exists(
          snapshots
              .select(sql.literal(1))
              .where(
                  sql.equal(snapshot.get("id"), root.get("snapshotId")),
                  Filters.matches(sql, snapshot.get(attribute).as(String.class), values)));
    };
  }

  private static Expression<String> state(Root<Image> root, CriteriaBuilder sql) {
    return sql.<String>selectCase()
        .when(sql.isNotNull(root.get("failedReason")), sql.literal(ImageState.FAILED.text()))
        .when(sql.isTrue(root.get("available")), sql.literal(ImageState.AVAILABLE.text()))
        .otherwise(sql.literal(ImageState.PENDING.text()));
  }

  private static Filters<Image> filters() {
    var filters =
        Filters.on(Image.class)
            .text("image-id", "id")
            .text("name", "name")
            .text("description", "description")
            .text("owner-id", "accountId")
            .text("root-device-name", "rootDeviceName")
            .text("block-device-mapping.device-name", "rootDeviceName")
            .text("block-device-mapping.snapshot-id", "snapshotId")
            .text("state-reason-message", "failedReason")
            .bool("is-public", "isPublic")
            .tags("id")
            .where("block-device-mapping.volume-size", ofSnapshot("volumeSizeGib"))
            .where(
                "state",
                (root, query, sql, values) -> Filters.matches(sql, state(root, sql), values))
            .where(
                "owner-alias",
                (root, query, sql, values) ->
                    Wildcards.matches(PROVIDER_ALIAS, values)
                        ? offeredByProvider(root, query, sql)
                        : sql.disjunction())
            .where(
                "creation-date",
                (root, query, sql, values) ->
                    Filters.matches(
                        sql,
                        sql.function(
                            "to_char",
                            String.class,
                            sql.function(
                                "timezone",
                                LocalDateTime.class,
                                sql.literal("UTC"),
                                root.<Instant>get("createdAt")),
                            sql.literal(ISO)),
                        values));
    // What is the same of every image.
    Map.ofEntries(
            Map.entry("architecture", "x86_64"),
            Map.entry("block-device-mapping.delete-on-termination", "true"),
            Map.entry("block-device-mapping.encrypted", "false"),
            Map.entry("block-device-mapping.volume-type", "gp3"),
            Map.entry("boot-mode", "legacy-bios"),
            Map.entry("ena-support", "false"),
            Map.entry("hypervisor", "xen"),
            Map.entry("image-type", "machine"),
            Map.entry("platform-details", "Linux/UNIX"),
            Map.entry("root-device-type", "ebs"),
            Map.entry("usage-operation", "RunInstances"),
            Map.entry("virtualization-type", "hvm"))
        .forEach(
            (name, value) ->
                filters.where(
                    name,
                    (root, query, sql, values) ->
                        Wildcards.matches(value, values) ? sql.conjunction() : sql.disjunction()));
    return filters.build();
  }
}
