package io.hanok.control.ec2;

import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.Pattern;
import software.amazon.awssdk.services.ec2.model.Filter;

/**
 * The rules of {@link Filters} for things that are no rows: few, computed, filtered in memory.
 *
 * @param <T> the thing
 */
public final class Wildcards<T> {
  private final Map<String, Function<T, String>> attributes;

  /** Filters by name, each with the attribute that it looks at. */
  public Wildcards(Map<String, Function<T, String>> attributes) {
    this.attributes = Map.copyOf(attributes);
  }

  /**
   * Those things that pass all filters.
   *
   * @throws CloudException InvalidParameterValue for a name that the action does not have
   */
  public List<T> select(List<T> things, List<Filter> filters) {
    List<T> left = things;
    for (Filter filter : filters) {
      Function<T, String> attribute = filter.name() == null ? null : attributes.get(filter.name());
      if (attribute == null) {
        throw new CloudException(
            ErrorCode.INVALID_PARAMETER_VALUE,
            "The filter '%s' is invalid. Filters of this action: %s"
                .formatted(filter.name(), String.join(", ", new TreeSet<>(attributes.keySet()))));
      }
      left = left.stream().filter(t -> matches(attribute.apply(t), filter.values())).toList();
    }
    return left;
  }

  /** Whether a text is one of the values, in which {@code *} and {@code ?} are wildcards. */
  public static boolean matches(String text, List<String> values) {
    return values.stream().anyMatch(value -> pattern(value).matcher(text).matches());
  }

  private static Pattern pattern(String value) {
    StringBuilder pattern = new StringBuilder();
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '\\' && i + 1 < value.length() && "*?\\".indexOf(value.charAt(i + 1)) >= 0) {
        pattern.append(Pattern.quote(value.substring(++i, i + 1)));
      } else if (c == '*') {
        pattern.append(".*");
      } else if (c == '?') {
        pattern.append('.');
      } else {
        pattern.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(pattern.toString(), Pattern.DOTALL);
  }
}
