package io.hanok.control.image;

import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.LaunchPermission;
import software.amazon.awssdk.services.ec2.model.LaunchPermissionModifications;
import software.amazon.awssdk.services.ec2.model.ModifyImageAttributeRequest;

/** What ModifyImageAttribute asks for, in its new structured form or its old flat one. */
sealed interface ImageAttributeChange {
  /** Another description. */
  record Describe(String description) implements ImageAttributeChange {}

  /**
   * Other launch permissions.
   *
   * @param everybody whether everybody may launch, or null: as before
   * @param added accounts
   * @param removed accounts
   */
  record Share(Boolean everybody, List<String> added, List<String> removed)
      implements ImageAttributeChange {
    public Share {
      added = List.copyOf(added);
      removed = List.copyOf(removed);
      Stream.concat(added.stream(), removed.stream()).forEach(Share::checkAccount);
    }

    private static void checkAccount(String account) {
      if (!ImageFilters.ACCOUNT.matcher(account).matches()) {
        throw new CloudException(
            ErrorCode.INVALID_AMI_ATTRIBUTE_ITEM_VALUE,
            "Invalid attribute item value \"%s\" for userId item type. Expecting 12 digits."
                .formatted(account));
      }
    }
  }

  default void apply(Images images, Caller caller, String imageId) {
    switch (this) {
      case Describe d -> images.describeAs(caller, imageId, d.description());
      case Share s -> images.share(caller, imageId, s.everybody(), s.added(), s.removed());
    }
  }

  /**
   * Reads a request.
   *
   * @throws CloudException InvalidParameterCombination for two attributes at once, MissingParameter
   *     for none, InvalidParameterValue for one that cannot be changed
   */
  static ImageAttributeChange of(ModifyImageAttributeRequest request) {
    if (request.hasOrganizationArns() || request.hasOrganizationalUnitArns()) {
      throw new CloudException(
          ErrorCode.UNSUPPORTED_OPERATION,
          "There are no organizations here. Share with accounts or with the group 'all'.");
    }
    boolean structured = request.launchPermission() != null;
    boolean flatSharing = request.hasUserIds() || request.hasUserGroups();
    if (request.description() != null && (structured || flatSharing) || structured && flatSharing) {
      throw Errors.combination("Fields for multiple attribute types specified");
    }
    if (structured) {
      return structured(request.launchPermission());
    }
    if (request.description() != null) {
      return new Describe(request.description().value());
    }
    return switch (request.attribute()) {
      case "description" -> new Describe(request.value());
      case "launchPermission" -> flat(request);
      case null -> {
        if (!flatSharing) {
          throw Errors.missing("LaunchPermission, Description or Attribute");
        }
        yield flat(request);
      }
      default ->
          throw Errors.invalidValue(
              "Attribute", request.attribute(), "Only launchPermission and description change.");
    };
  }

  private static ImageAttributeChange structured(LaunchPermissionModifications change) {
    return new Share(
        everybody(groups(change.add()), groups(change.remove())),
        users(change.add()),
        users(change.remove()));
  }

  private static ImageAttributeChange flat(ModifyImageAttributeRequest request) {
    boolean add =
        switch (request.operationTypeAsString()) {
          case "add" -> true;
          case "remove" -> false;
          case null -> throw Errors.missing("OperationType");
          default ->
              throw Errors.invalidValue(
                  "OperationType", request.operationTypeAsString(), "Expecting add or remove.");
        };
    return add
        ? new Share(everybody(request.userGroups(), List.of()), request.userIds(), List.of())
        : new Share(everybody(List.of(), request.userGroups()), List.of(), request.userIds());
  }

  private static List<String> groups(List<LaunchPermission> permissions) {
    return permissions.stream()
        .map(LaunchPermission::groupAsString)
        .filter(g -> g != null)
        .toList();
  }

  private static List<String> users(List<LaunchPermission> permissions) {
    return permissions.stream().map(LaunchPermission::userId).filter(u -> u != null).toList();
  }

  private static Boolean everybody(List<String> added, List<String> removed) {
    Stream.concat(added.stream(), removed.stream())
        .filter(g -> !g.equals("all"))
        .findFirst()
        .ifPresent(
            group -> {
              throw new CloudException(
                  ErrorCode.INVALID_AMI_ATTRIBUTE_ITEM_VALUE,
                  "Invalid attribute item value \"%s\" for group item type. Expecting all."
                      .formatted(group));
            });
    if (!removed.isEmpty()) {
      return false;
    }
    return added.isEmpty() ? null : true;
  }
}
