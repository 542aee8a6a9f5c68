package io.hanok.control.ec2;

import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.tag.Tag;
import jakarta.persistence.criteria.CriteriaBuilder;
import jakarta.persistence.criteria.CriteriaQuery;
import jakarta.persistence.criteria.Expression;
import jakarta.persistence.criteria.Predicate;
import jakarta.persistence.criteria.Root;
import jakarta.persistence.criteria.Subquery;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.data.jpa.domain.Specification;
import software.amazon.awssdk.services.ec2.model.Filter;

/**
 * The filters of one Describe action: EC2's names, each with what it means in SQL.
 *
 * <p>As on EC2, several filters are joined by "and", the values of one by "or"; {@code *} and
 * {@code ?} are wildcards unless a backslash stands before them; values are case-sensitive.
 *
 * @param <T> the entity
 */
public final class Filters<T> {
  private static final int MOST_VALUES = 200;

  private final Map<String, Condition<T>> conditions;

  private Filters(Map<String, Condition<T>> conditions) {
    this.conditions = Map.copyOf(conditions);
  }

  /** What a filter means: a predicate over the entity, given the caller's values. */
  @FunctionalInterface
  public interface Condition<T> {
    Predicate of(Root<T> root, CriteriaQuery<?> query, CriteriaBuilder sql, List<String> values);
  }

  /** Starts the filters of an entity. */
  public static <T> Builder<T> on(Class<T> entity) {
    return new Builder<>();
  }

  /** Collects filters. */
  public static final class Builder<T> {
    private final Map<String, Condition<T>> conditions = new TreeMap<>();

    private Builder() {}

    /** A filter on a text attribute. */
    public Builder<T> text(String name, String attribute) {
      return where(
          name,
          (root, q, sql, values) -> matches(sql, root.get(attribute).as(String.class), values));
    }

    /** A filter on a Boolean attribute. */
    public Builder<T> bool(String name, String attribute) {
      return where(
          name,
          (root, q, sql, values) ->
              root.<Boolean>get(attribute)
                  .in(values.stream().map(v -> Filters.bool(name, v)).toList()));
    }

    /** A filter of any other form. */
    public Builder<T> where(String name, Condition<T> condition) {
      conditions.put(name, condition);
      return this;
    }

    /** The filters {@code tag:KEY}, {@code tag-key} and {@code tag-value}. */
    public Builder<T> tags(String idAttribute) {
      conditions.put("tag:", tagged(idAttribute, null));
      conditions.put("tag-key", tagged(idAttribute, "key"));
      conditions.put("tag-value", tagged(idAttribute, "value"));
      return this;
    }

    public Filters<T> build() {
      return new Filters<>(conditions);
    }
  }

  /**
   * What a caller's filters mean together.
   *
   * @throws CloudException InvalidParameterValue for a name that the action does not have
   */
  public Specification<T> specification(List<Filter> filters) {
    List<Specification<T>> parts = new ArrayList<>();
    for (Filter filter : filters) {
      String name = filter.name() == null ? "" : filter.name();
      boolean tag = name.startsWith("tag:") && conditions.containsKey("tag:");
      Condition<T> condition = conditions.get(tag ? "tag:" : name);
      if (condition == null) {
        throw new CloudException(
            ErrorCode.INVALID_PARAMETER_VALUE,
            "The filter '%s' is invalid. Filters of this action: %s"
                .formatted(name, String.join(", ", new TreeMap<>(conditions).keySet())));
      }
      if (filter.values().size() > MOST_VALUES) {
        throw new CloudException(
            ErrorCode.INVALID_PARAMETER_VALUE,
            "The filter '%s' has more than %d values.".formatted(name, MOST_VALUES));
      }
      List<String> values = new ArrayList<>(filter.values());
      if (tag) {
        values.addFirst(name.substring("tag:".length()));
      }
      parts.add((root, query, sql) -> condition.of(root, query, sql, values));
    }
    return Specification.allOf(parts);
  }

  /** Whether a text is one of the values, which may have wildcards. */
  public static Predicate matches(
      CriteriaBuilder sql, Expression<String> text, List<String> values) {
    List<Predicate> any = new ArrayList<>();
    for (String value : values) {
      String pattern = likePattern(value);
      any.add(
          pattern == null
              ? sql.equal(text, value.replaceAll("\\\\([*?\\\\])", "$1"))
              : sql.like(text, pattern, '\\'));
    }
    return sql.or(any.toArray(Predicate[]::new));
  }

  /** The LIKE pattern of a value with wildcards, or null if it has none. */
  static String likePattern(String value) {
    StringBuilder pattern = new StringBuilder();
    boolean wild = false;
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\' && i + 1 < value.length() && "*?\\".indexOf(value.charAt(i + 1)) >= 0) {
        c = value.charAt(++i);
        pattern.append(c == '\\' ? "\\\\" : String.valueOf(c));
      } else if (c == '*' || c == '?') {
        wild = true;
        pattern.append(c == '*' ? '%' : '_');
      } else {
        pattern.append(c == '%' || c == '_' || c == '\\' ? "\\" + c : String.valueOf(c));
      }
    }
    return wild ? pattern.toString() : null;
  }

  private static boolean bool(String name, String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw new CloudException(
              ErrorCode.INVALID_PARAMETER_VALUE,
              "The filter '%s' takes true or false, not '%s'.".formatted(name, value));
    };
  }

  private static <T> Condition<T> tagged(String idAttribute, String tagAttribute) {
    return (root, query, sql, values) -> {
      Subquery<Integer> tags = query.subquery(Integer.class);
      Root<Tag> tag = tags.from(Tag.class);
      Predicate same = sql.equal(tag.get("resourceId"), root.get(idAttribute).as(String.class));
      Predicate match =
          tagAttribute != null
              ? matches(sql, tag.get(tagAttribute), values)
              : sql.and(
                  sql.equal(tag.get("key"), values.getFirst()),
                  matches(sql, tag.get("value"), values.subList(1, values.size())));
      return sql.exists(tags.select(sql.literal(1)).where(same, match));
    };
  }
}
