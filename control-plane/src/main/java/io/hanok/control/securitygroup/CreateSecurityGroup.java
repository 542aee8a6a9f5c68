package io.hanok.control.securitygroup;

import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The request to make a security group.
 *
 * @param name up to 255 characters, not beginning with {@code sg-}
 * @param description up to 255 characters
 * @param vpcId the VPC, or null: the default one
 */
record CreateSecurityGroup(String name, String description, String vpcId) {
  private static final int LONGEST = 255;
  // The characters that EC2 allows in the names and descriptions of a VPC's groups.
  static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9 ._\\-:/()#,@\\[\\]+=&;{}!$*]*");

  CreateSecurityGroup {
    if (name == null || name.isBlank()) {
      throw Errors.missing("groupName");
    }
    if (description == null || description.isBlank()) {
      throw Errors.missing("groupDescription");
    }
    check("groupName", name);
    check("groupDescription", description);
    if (name.toLowerCase(Locale.ROOT).startsWith("sg-")) {
      throw Errors.invalidValue("groupName", name, "Group names may not be in the format sg-*.");
    }
    if (name.equals(SecurityGroup.DEFAULT)) {
      throw new CloudException(
          ErrorCode.INVALID_GROUP_RESERVED,
          "Cannot use reserved security group name: default. Choose another.");
    }
  }

  private static void check(String parameter, String text) {
    if (text.length() > LONGEST || !ALLOWED.matcher(text).matches()) {
      throw Errors.invalidValue(
          parameter,
          text,
          "At most %d characters of a-z, A-Z, 0-9, spaces, and ._-:/()#,@[]+=&;{}!$*"
              .formatted(LONGEST));
    }
  }
}
