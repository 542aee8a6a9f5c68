package io.hanok.control.ec2;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.springframework.data.domain.Sort;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.data.jpa.repository.JpaSpecificationExecutor;

/** Reads one page of a Describe action by key: a fixed cost whatever the page's number. */
public final class Pages {
  private static final int MOST = 1000;

  private Pages() {}

  /**
   * One page.
   *
   * @param items in the order of their ids
   * @param nextToken where the next page begins, or null after the last
   */
  public record Page<T>(List<T> items, String nextToken) {}

  /**
   * Reads a page of the entities that a condition selects, ordered by id.
   *
   * @param idAttribute the entity's id attribute
   * @param maxResults how many at most, 5 to 1000, or null: 1000
   * @param nextToken the token of the page before, or null
   */
  public static <T> Page<T> read(
      JpaSpecificationExecutor<T> repository,
      Specification<T> condition,
      String idAttribute,
      Function<T, String> id,
      Integer maxResults,
      String nextToken) {
    if (maxResults != null && (maxResults < 1 || maxResults > MOST)) {
      throw Errors.invalidValue("maxResults", maxResults, "Expecting a value from 5 to 1000.");
    }
    int most = maxResults == null ? MOST : maxResults;
    Specification<T> wanted = condition;
    if (nextToken != null) {
      String after = decode(nextToken);
      wanted =
          wanted.and(
              (root, query, sql) -> sql.greaterThan(root.get(idAttribute).as(String.class), after));
    }
    List<T> found =
        repository.findBy(wanted, q -> q.sortBy(Sort.by(idAttribute)).limit(most + 1).all());
    if (found.size() <= most) {
      return new Page<>(found, null);
    }
    List<T> items = found.subList(0, most);
    return new Page<>(items, encode(id.apply(items.getLast())));
  }

  /** The condition that an id is one of those named; none named is all. */
  public static <T> Specification<T> idIn(String idAttribute, Collection<String> ids) {
    return ids.isEmpty()
        ? Specification.unrestricted()
        : (root, query, sql) -> root.get(idAttribute).in(ids);
  }

  /** The condition that a row belongs to an account. */
  public static <T> Specification<T> ownedBy(String accountId) {
    return (root, query, sql) -> sql.equal(root.get("accountId"), accountId);
  }

  /**
   * Checks the form of the ids that a caller names.
   *
   * @throws CloudException for the first that is malformed
   */
  public static List<String> wellFormed(IdKind kind, List<String> ids) {
    ids.forEach(id -> Errors.wellFormed(kind, id));
    return ids;
  }

  /**
   * Checks that every named id was found.
   *
   * @throws CloudException naming those that were not
   */
  public static <T> void requireAll(
      IdKind kind, Collection<String> named, Collection<T> found, Function<T, String> id) {
    Set<String> missing = new LinkedHashSet<>(named);
    found.forEach(f -> missing.remove(id.apply(f)));
    if (!missing.isEmpty()) {
      throw Errors.notFound(kind, missing);
    }
  }

  /**
   * Reads a page of an account's entities, by id and by filter.
   *
   * @param named ids that the caller names, or none
   * @throws CloudException if one of the named is malformed or not the account's
   */
  public static <T> Page<T> owned(
      JpaSpecificationExecutor<T> repository,
      String accountId,
      IdKind kind,
      List<String> named,
      Specification<T> filters,
      Function<T, String> id,
      Integer maxResults,
      String nextToken) {
    return known(repository, ownedBy(accountId), kind, named, filters, id, maxResults, nextToken);
  }

  /**
   * As {@link #owned}, of the entities that a condition says exist for the caller.
   *
   * @throws CloudException if one of the named is malformed or does not exist for the caller
   */
  public static <T> Page<T> known(
      JpaSpecificationExecutor<T> repository,
      Specification<T> existing,
      IdKind kind,
      List<String> named,
      Specification<T> filters,
      Function<T, String> id,
      Integer maxResults,
      String nextToken) {
    Specification<T> known = existing.and(idIn("id", wellFormed(kind, named)));
    Page<T> page = read(repository, known.and(filters), "id", id, maxResults, nextToken);
    if (page.items().size() < Set.copyOf(named).size()) {
      requireAll(kind, named, repository.findAll(known), id);
    }
    return page;
  }

  private static String encode(String id) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(id.getBytes(StandardCharsets.UTF_8));
  }

  private static String decode(String token) {
    try {
      return new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new CloudException(
          ErrorCode.INVALID_NEXT_TOKEN, "The token '%s' is invalid.".formatted(token));
    }
  }
}
