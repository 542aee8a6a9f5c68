package io.hanok.control.shared;

/**
 * Every error that a caller can get, under EC2's own code, with the class that decides its status.
 *
 * <p>Codes are those of the EC2 API reference, "Error codes for the Amazon EC2 API".
 */
public enum ErrorCode {
  AUTH_FAILURE("AuthFailure", ErrorClass.DENIED),
  DEPENDENCY_VIOLATION("DependencyViolation", ErrorClass.CONFLICT),
  DRY_RUN_OPERATION("DryRunOperation", ErrorClass.PRECONDITION),
  GATEWAY_NOT_ATTACHED("Gateway.NotAttached", ErrorClass.CONFLICT),
  IDEMPOTENT_PARAMETER_MISMATCH("IdempotentParameterMismatch", ErrorClass.CONFLICT),
  INCORRECT_INSTANCE_STATE("IncorrectInstanceState", ErrorClass.CONFLICT),
  INSUFFICIENT_ADDRESS_CAPACITY("InsufficientAddressCapacity", ErrorClass.CAPACITY),
  INSUFFICIENT_FREE_ADDRESSES("InsufficientFreeAddressesInSubnet", ErrorClass.CONFLICT),
  INSUFFICIENT_INSTANCE_CAPACITY("InsufficientInstanceCapacity", ErrorClass.CAPACITY),
  INSUFFICIENT_VOLUME_CAPACITY("InsufficientVolumeCapacity", ErrorClass.CAPACITY),
  INTERNAL_ERROR("InternalError", ErrorClass.INTERNAL),
  INVALID_ACTION("InvalidAction", ErrorClass.INVALID),
  INVALID_ADDRESS_NOT_FOUND("InvalidAddress.NotFound", ErrorClass.NOT_FOUND),
  INVALID_ALLOCATION_ID_NOT_FOUND("InvalidAllocationID.NotFound", ErrorClass.NOT_FOUND),
  INVALID_AMI_ATTRIBUTE_ITEM_VALUE("InvalidAMIAttributeItemValue", ErrorClass.INVALID),
  INVALID_AMI_ID_MALFORMED("InvalidAMIID.Malformed", ErrorClass.INVALID),
  INVALID_AMI_ID_NOT_FOUND("InvalidAMIID.NotFound", ErrorClass.NOT_FOUND),
  INVALID_AMI_ID_UNAVAILABLE("InvalidAMIID.Unavailable", ErrorClass.CONFLICT),
  INVALID_AMI_NAME_DUPLICATE("InvalidAMIName.Duplicate", ErrorClass.CONFLICT),
  INVALID_AMI_NAME_MALFORMED("InvalidAMIName.Malformed", ErrorClass.INVALID),
  INVALID_ASSOCIATION_ID_NOT_FOUND("InvalidAssociationID.NotFound", ErrorClass.NOT_FOUND),
  INVALID_ATTACHMENT_ID_NOT_FOUND("InvalidAttachmentID.NotFound", ErrorClass.NOT_FOUND),
  INVALID_BLOCK_DEVICE_MAPPING("InvalidBlockDeviceMapping", ErrorClass.INVALID),
  INVALID_CLIENT_TOKEN_ID("InvalidClientTokenId", ErrorClass.DENIED),
  INVALID_DHCP_OPTIONS_ID_NOT_FOUND("InvalidDhcpOptionID.NotFound", ErrorClass.NOT_FOUND),
  INVALID_GROUP_DUPLICATE("InvalidGroup.Duplicate", ErrorClass.CONFLICT),
  INVALID_GROUP_NOT_FOUND("InvalidGroup.NotFound", ErrorClass.NOT_FOUND),
  INVALID_GROUP_RESERVED("InvalidGroup.Reserved", ErrorClass.CONFLICT),
  CANNOT_DELETE("CannotDelete", ErrorClass.CONFLICT),
  INVALID_GROUP_ID_MALFORMED("InvalidGroupId.Malformed", ErrorClass.INVALID),
  INVALID_ID("InvalidID", ErrorClass.NOT_FOUND),
  INVALID_INSTANCE_ATTRIBUTE_VALUE("InvalidInstanceAttributeValue", ErrorClass.INVALID),
  INVALID_INSTANCE_ID("InvalidInstanceID", ErrorClass.CONFLICT),
  INVALID_INSTANCE_ID_MALFORMED("InvalidInstanceID.Malformed", ErrorClass.INVALID),
  INVALID_INSTANCE_ID_NOT_FOUND("InvalidInstanceID.NotFound", ErrorClass.NOT_FOUND),
  INVALID_INSTANCE_TYPE("InvalidInstanceType", ErrorClass.INVALID),
  INVALID_INTERNET_GATEWAY_ID_NOT_FOUND("InvalidInternetGatewayID.NotFound", ErrorClass.NOT_FOUND),
  INVALID_IP_ADDRESS_IN_USE("InvalidIPAddress.InUse", ErrorClass.CONFLICT),
  INVALID_KEY_FORMAT("InvalidKey.Format", ErrorClass.INVALID),
  INVALID_KEY_PAIR_DUPLICATE("InvalidKeyPair.Duplicate", ErrorClass.CONFLICT),
  INVALID_KEY_PAIR_NOT_FOUND("InvalidKeyPair.NotFound", ErrorClass.NOT_FOUND),
  INVALID_NETWORK_ACL_ID_NOT_FOUND("InvalidNetworkAclID.NotFound", ErrorClass.NOT_FOUND),
  INVALID_NETWORK_INTERFACE_ID_MALFORMED("InvalidNetworkInterfaceId.Malformed", ErrorClass.INVALID),
  INVALID_NETWORK_INTERFACE_ID_NOT_FOUND(
      "InvalidNetworkInterfaceID.NotFound", ErrorClass.NOT_FOUND),
  INVALID_NEXT_TOKEN("InvalidNextToken", ErrorClass.INVALID),
  INVALID_PARAMETER_COMBINATION("InvalidParameterCombination", ErrorClass.INVALID),
  INVALID_PARAMETER_VALUE("InvalidParameterValue", ErrorClass.INVALID),
  INVALID_PERMISSION_DUPLICATE("InvalidPermission.Duplicate", ErrorClass.CONFLICT),
  INVALID_PERMISSION_MALFORMED("InvalidPermission.Malformed", ErrorClass.INVALID),
  INVALID_PERMISSION_NOT_FOUND("InvalidPermission.NotFound", ErrorClass.NOT_FOUND),
  INVALID_ROUTE_TABLE_ID_NOT_FOUND("InvalidRouteTableID.NotFound", ErrorClass.NOT_FOUND),
  INVALID_SECURITY_GROUP_RULE_ID_NOT_FOUND(
      "InvalidSecurityGroupRuleId.NotFound", ErrorClass.NOT_FOUND),
  INVALID_SNAPSHOT_NOT_FOUND("InvalidSnapshot.NotFound", ErrorClass.NOT_FOUND),
  INVALID_SUBNET_ID_NOT_FOUND("InvalidSubnetID.NotFound", ErrorClass.NOT_FOUND),
  INVALID_USER_DATA_MALFORMED("InvalidUserData.Malformed", ErrorClass.INVALID),
  INVALID_VOLUME_NOT_FOUND("InvalidVolume.NotFound", ErrorClass.NOT_FOUND),
  INVALID_VPC_ID_NOT_FOUND("InvalidVpcID.NotFound", ErrorClass.NOT_FOUND),
  MISSING_INPUT("MissingInput", ErrorClass.INVALID),
  MISSING_PARAMETER("MissingParameter", ErrorClass.INVALID),
  NO_SUCH_ENTITY("NoSuchEntity", ErrorClass.NOT_FOUND),
  OPERATION_NOT_PERMITTED("OperationNotPermitted", ErrorClass.CONFLICT),
  RESOURCE_ALREADY_ASSOCIATED("Resource.AlreadyAssociated", ErrorClass.CONFLICT),
  RULES_PER_SECURITY_GROUP_LIMIT_EXCEEDED(
      "RulesPerSecurityGroupLimitExceeded", ErrorClass.CONFLICT),
  SECURITY_GROUPS_PER_INTERFACE_LIMIT_EXCEEDED(
      "SecurityGroupsPerInterfaceLimitExceeded", ErrorClass.CONFLICT),
  TAG_LIMIT_EXCEEDED("TagLimitExceeded", ErrorClass.CONFLICT),
  UNAUTHORIZED_OPERATION("UnauthorizedOperation", ErrorClass.DENIED),
  UNSUPPORTED_OPERATION("UnsupportedOperation", ErrorClass.INVALID),
  VPC_ID_NOT_SPECIFIED("VPCIdNotSpecified", ErrorClass.INVALID),
  VOLUME_IN_USE("VolumeInUse", ErrorClass.CONFLICT);

  /** What kind of failure, and so which HTTP status. */
  public enum ErrorClass {
    INVALID(400),
    NOT_FOUND(400),
    CONFLICT(400),
    PRECONDITION(412),
    DENIED(403),
    CAPACITY(500),
    INTERNAL(500);

    private final int status;

    ErrorClass(int status) {
      this.status = status;
    }

    /** HTTP status of the EC2 door. */
    public int status() {
      return status;
    }
  }

  private final String code;
  private final ErrorClass errorClass;

  ErrorCode(String code, ErrorClass errorClass) {
    this.code = code;
    this.errorClass = errorClass;
  }

  /** EC2's code. */
  public String code() {
    return code;
  }

  public ErrorClass errorClass() {
    return errorClass;
  }
}
