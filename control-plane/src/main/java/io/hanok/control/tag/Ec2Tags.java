package io.hanok.control.tag;

import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.Filters;
import io.hanok.control.ec2.Pages;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.springframework.data.domain.Sort;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.CreateTagsRequest;
import software.amazon.awssdk.services.ec2.model.CreateTagsResponse;
import software.amazon.awssdk.services.ec2.model.DeleteTagsRequest;
import software.amazon.awssdk.services.ec2.model.DeleteTagsResponse;
import software.amazon.awssdk.services.ec2.model.DescribeTagsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeTagsResponse;
import software.amazon.awssdk.services.ec2.model.TagDescription;

/** EC2's actions on tags. */
@Component
public class Ec2Tags implements AwsActions {
  private static final Filters<Tag> FILTERS =
      Filters.on(Tag.class)
          .text("key", "key")
          .text("value", "value")
          .text("resource-id", "resourceId")
          .text("resource-type", "resourceType")
          .where(
              "tag:",
              (root, query, sql, values) ->
                  sql.and(
                      sql.equal(root.get("key"), values.getFirst()),
                      Filters.matches(sql, root.get("value"), values.subList(1, values.size()))))
          .build();
  private static final int MOST = 1000;

  private final Tags tags;
  private final TagRepository rows;

  public Ec2Tags(Tags tags, TagRepository rows) {
    this.tags = tags;
    this.rows = rows;
  }

  public CreateTagsResponse createTags(CreateTagsRequest request, Caller caller) {
    requireResources(request.resources());
    if (request.tags().isEmpty()) {
      throw Errors.missing("tagSet");
    }
    tags.create(caller, request.resources(), TagRules.checked(request.tags()));
    return CreateTagsResponse.builder().build();
  }

  public DeleteTagsResponse deleteTags(DeleteTagsRequest request, Caller caller) {
    requireResources(request.resources());
    request.tags().forEach(tag -> TagRules.checkKey(tag.key()));
    tags.delete(caller, request.resources(), request.tags());
    return DeleteTagsResponse.builder().build();
  }

  public DescribeTagsResponse describeTags(DescribeTagsRequest request, Caller caller) {
    Integer maxResults = request.maxResults();
    if (maxResults != null && (maxResults < 1 || maxResults > MOST)) {
      throw Errors.invalidValue("maxResults", maxResults, "Expecting a value from 5 to 1000.");
    }
    int most = maxResults == null ? MOST : maxResults;
    Specification<Tag> wanted =
        Pages.<Tag>ownedBy(caller.accountId()).and(FILTERS.specification(request.filters()));
    if (request.nextToken() != null) {
      wanted = wanted.and(after(decode(request.nextToken())));
    }
    List<Tag> found =
        rows.findBy(wanted, q -> q.sortBy(Sort.by("resourceId", "key")).limit(most + 1).all());
    boolean more = found.size() > most;
    List<Tag> page = more ? found.subList(0, most) : found;
    return DescribeTagsResponse.builder()
        .tags(page.stream().map(Ec2Tags::described).toList())
        .nextToken(more ? encode(page.getLast()) : null)
        .build();
  }

  private static void requireResources(List<String> ids) {
    if (ids.isEmpty()) {
      throw Errors.missing("resourceIdSet");
    }
    if (ids.size() > MOST) {
      throw Errors.invalidValue("resourceIdSet", ids.size(), "Name at most 1000 resources.");
    }
  }

  private static Specification<Tag> after(Tag.TagId last) {
    return (root, query, sql) ->
        sql.or(
            sql.greaterThan(root.get("resourceId"), last.resourceId()),
            sql.and(
                sql.equal(root.get("resourceId"), last.resourceId()),
                sql.greaterThan(root.get("key"), last.key())));
  }

  private static TagDescription described(Tag tag) {
    return TagDescription.builder()
        .resourceId(tag.resourceId())
        .resourceType(tag.resourceType())
        .key(tag.key())
        .value(tag.value())
        .build();
  }

  private static String encode(Tag tag) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString((tag.resourceId() + "/" + tag.key()).getBytes(StandardCharsets.UTF_8));
  }

  private static Tag.TagId decode(String token) {
    try {
      String text = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      int slash = text.indexOf('/');
      if (slash > 0) {
        return new Tag.TagId(text.substring(0, slash), text.substring(slash + 1));
      }
    } catch (IllegalArgumentException e) {
      // Not Base64: refused below like any other text that is no token of ours.
    }
    throw new CloudException(
        ErrorCode.INVALID_NEXT_TOKEN, "The token '%s' is invalid.".formatted(token));
  }
}
