package io.hanok.control.ec2;

import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.persistence.criteria.Subquery;
import java.util.List;

/** Filters on what belongs to an entity: the entity is wanted if one of its children matches. */
public final class ChildFilters {
  private ChildFilters() {}

  /** Whether a child matches a filter's values. */
  @FunctionalInterface
  public interface ChildCondition<C> {
    Predicate of(Root<C> child, CriteriaBuilder sql, List<String> values);
  }

  /**
   * A filter on the entities of a child class.
   *
   * @param link attribute of the child that holds the id of the entity
   */
  public static <T, C> Filters.Condition<T> exists(
      Class<C> childClass, String link, ChildCondition<C> condition) {
    return (root, query, sql, values) -> {
      Subquery<Integer> children = query.subquery(Integer.class);
      Root<C> child = children.from(childClass);
      return sql.exists(
          children
              .select(sql.literal(1))
              .where(sql.equal(child.get(link), root.get("id")), condition.of(child, sql, values)));
    };
  }

  /** A child with a text attribute that matches. */
  public static <C> ChildCondition<C> text(String attribute) {
    return (child, sql, values) -> Filters.matches(sql, child.get(attribute), values);
  }

  /** A child with a Boolean attribute that matches. */
  public static <C> ChildCondition<C> bool(String attribute) {
    return (child, sql, values) ->
        Filters.matches(sql, trueOrFalse(sql, child.get(attribute)), values);
  }

  /** A child with a number, a range or a MAC that matches in its text form. */
  public static <C> ChildCondition<C> asText(String attribute) {
    return (child, sql, values) -> Filters.matches(sql, asText(sql, child.get(attribute)), values);
  }

  /** A child with an IP address that matches in its dotted form. */
  public static <C> ChildCondition<C> address(String attribute) {
    return (child, sql, values) -> Filters.matches(sql, dotted(sql, child.get(attribute)), values);
  }

  /** A filter on an attribute of the entity that is compared in its text form. */
  public static <T> Filters.Condition<T> ownText(String attribute) {
    return (root, query, sql, values) ->
        Filters.matches(sql, asText(sql, root.get(attribute)), values);
  }

  /** A filter on an IP address of the entity. */
  public static <T> Filters.Condition<T> ownAddress(String attribute) {
    return (root, query, sql, values) ->
        Filters.matches(sql, dotted(sql, root.get(attribute)), values);
  }

  /** A filter on what is the same for every entity. */
  public static <T> Filters.Condition<T> constant(String value) {
    return (root, query, sql, values) -> Filters.matches(sql, sql.literal(value), values);
  }

  private static Expression<String> trueOrFalse(CriteriaBuilder sql, Expression<Boolean> value) {
    return sql.<String>selectCase()
        .when(sql.isTrue(value), sql.literal("true"))
        .otherwise(sql.literal("false"));
  }

  private static Expression<String> asText(CriteriaBuilder sql, Expression<?> value) {
    return sql.function("concat", String.class, value, sql.literal(""));
  }

  private static Expression<String> dotted(CriteriaBuilder sql, Expression<?> value) {
    return sql.function("host", String.class, value);
  }
}
