package io.hanok.control.identity;

import io.hanok.control.ec2.AwsActions;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.iam.model.GetUserRequest;
import software.amazon.awssdk.services.iam.model.GetUserResponse;

/** The actions of IAM that tools call to learn the account's id. */
@Component
public class IamActions implements AwsActions {
  private final Accounts accounts;

  public IamActions(Accounts accounts) {
    this.accounts = accounts;
  }

  @Override
  public String service() {
    return "iam";
  }

  /** The caller's own user; for the root user IAM answers the account's id as the user's. */
  public GetUserResponse getUser(GetUserRequest request, Caller caller) {
    if (request.userName() != null) {
      throw new CloudException(
          ErrorCode.NO_SUCH_ENTITY,
          "The user with name %s cannot be found.".formatted(request.userName()));
    }
    Account account = accounts.find(caller.accountId()).orElseThrow();
    return GetUserResponse.builder()
        .user(
            u ->
                u.userName(account.name())
                    .path("/")
                    .userId(caller.accountId())
                    .arn(caller.arn())
                    .createDate(account.createdAt()))
        .build();
  }
}
