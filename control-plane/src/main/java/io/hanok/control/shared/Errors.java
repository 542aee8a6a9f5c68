package io.hanok.control.shared;

import io.hanok.agent.api.id.IdKind;
import java.util.Collection;

/** Makes the refusals that many actions share, in EC2's codes and words. */
public final class Errors {
  private Errors() {}

  /** A value that is not allowed. */
  public static CloudException invalidValue(String parameter, Object value, String advice) {
    return new CloudException(
        ErrorCode.INVALID_PARAMETER_VALUE,
        "Value (%s) for parameter %s is invalid. %s".formatted(value, parameter, advice));
  }

  /** A parameter that must be given. */
  public static CloudException missing(String parameter) {
    return new CloudException(
        ErrorCode.MISSING_PARAMETER,
        "The request must contain the parameter %s".formatted(parameter));
  }

  /** Parameters that exclude each other. */
  public static CloudException combination(String message) {
    return new CloudException(ErrorCode.INVALID_PARAMETER_COMBINATION, message);
  }

  /** Ids of which the account has no such resource. */
  public static CloudException notFound(IdKind kind, Collection<String> ids) {
    return new CloudException(
        notFoundCode(kind),
        ids.size() == 1
            ? "The %s ID '%s' does not exist".formatted(words(kind), ids.iterator().next())
            : "The %s IDs '%s' do not exist".formatted(words(kind), String.join(", ", ids)));
  }

  /** As {@link #notFound(IdKind, Collection)}. */
  public static CloudException notFound(IdKind kind, String id) {
    return notFound(kind, java.util.List.of(id));
  }

  /**
   * Checks the form of an id given by a caller.
   *
   * @throws CloudException with EC2's code for a malformed or unknown id of this kind
   */
  public static String wellFormed(IdKind kind, String id) {
    if (kind.matches(id)) {
      return id;
    }
    throw switch (kind) {
      case INSTANCE -> malformed(ErrorCode.INVALID_INSTANCE_ID_MALFORMED, id, "i-");
      case IMAGE -> malformed(ErrorCode.INVALID_AMI_ID_MALFORMED, id, "ami-");
      case SECURITY_GROUP -> malformed(ErrorCode.INVALID_GROUP_ID_MALFORMED, id, "sg-");
      case ENI -> malformed(ErrorCode.INVALID_NETWORK_INTERFACE_ID_MALFORMED, id, "eni-");
      case VM,
          VOLUME,
          SNAPSHOT,
          ENI_ATTACHMENT,
          SECURITY_GROUP_RULE,
          SUBNET,
          VPC,
          ALLOCATION,
          ADDRESS_ASSOCIATION,
          KEY_PAIR,
          RESERVATION,
          ROUTE_TABLE,
          ROUTE_TABLE_ASSOCIATION,
          INTERNET_GATEWAY,
          NETWORK_ACL,
          NETWORK_ACL_ASSOCIATION,
          DHCP_OPTIONS,
          VPC_CIDR_ASSOCIATION,
          HOST ->
          notFound(kind, String.valueOf(id));
    };
  }

  private static CloudException malformed(ErrorCode code, String id, String prefix) {
    return new CloudException(
        code,
        "Invalid id: \"%s\" (expecting \"%s…\", 17 hexadecimal digits)".formatted(id, prefix));
  }

  private static ErrorCode notFoundCode(IdKind kind) {
    return switch (kind) {
      case INSTANCE -> ErrorCode.INVALID_INSTANCE_ID_NOT_FOUND;
      case VOLUME -> ErrorCode.INVALID_VOLUME_NOT_FOUND;
      case SNAPSHOT -> ErrorCode.INVALID_SNAPSHOT_NOT_FOUND;
      case IMAGE -> ErrorCode.INVALID_AMI_ID_NOT_FOUND;
      case ENI -> ErrorCode.INVALID_NETWORK_INTERFACE_ID_NOT_FOUND;
      case ENI_ATTACHMENT -> ErrorCode.INVALID_ATTACHMENT_ID_NOT_FOUND;
      case SECURITY_GROUP -> ErrorCode.INVALID_GROUP_NOT_FOUND;
      case SECURITY_GROUP_RULE -> ErrorCode.INVALID_SECURITY_GROUP_RULE_ID_NOT_FOUND;
      case SUBNET -> ErrorCode.INVALID_SUBNET_ID_NOT_FOUND;
      case VPC -> ErrorCode.INVALID_VPC_ID_NOT_FOUND;
      case ALLOCATION -> ErrorCode.INVALID_ALLOCATION_ID_NOT_FOUND;
      case ADDRESS_ASSOCIATION -> ErrorCode.INVALID_ASSOCIATION_ID_NOT_FOUND;
      case KEY_PAIR -> ErrorCode.INVALID_KEY_PAIR_NOT_FOUND;
      case ROUTE_TABLE -> ErrorCode.INVALID_ROUTE_TABLE_ID_NOT_FOUND;
      case INTERNET_GATEWAY -> ErrorCode.INVALID_INTERNET_GATEWAY_ID_NOT_FOUND;
      case NETWORK_ACL -> ErrorCode.INVALID_NETWORK_ACL_ID_NOT_FOUND;
      case DHCP_OPTIONS -> ErrorCode.INVALID_DHCP_OPTIONS_ID_NOT_FOUND;
      case VM,
          RESERVATION,
          ROUTE_TABLE_ASSOCIATION,
          NETWORK_ACL_ASSOCIATION,
          VPC_CIDR_ASSOCIATION,
          HOST ->
          ErrorCode.INVALID_ID;
    };
  }

  private static String words(IdKind kind) {
    return switch (kind) {
      case SECURITY_GROUP -> "security group";
      case ENI -> "networkInterface";
      case VPC -> "vpc";
      default -> kind.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    };
  }
}
