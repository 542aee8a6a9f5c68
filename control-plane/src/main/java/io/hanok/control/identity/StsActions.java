package io.hanok.control.identity;

import io.hanok.control.ec2.AwsActions;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.sts.model.GetAccessKeyInfoRequest;
import software.amazon.awssdk.services.sts.model.GetAccessKeyInfoResponse;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityRequest;
import software.amazon.awssdk.services.sts.model.GetCallerIdentityResponse;

/** The actions of STS: who am I. */
@Component
public class StsActions implements AwsActions {
  private final AccessKeys keys;

  public StsActions(AccessKeys keys) {
    this.keys = keys;
  }

  @Override
  public String service() {
    return "sts";
  }

  public GetCallerIdentityResponse getCallerIdentity(
      GetCallerIdentityRequest request, Caller caller) {
    return GetCallerIdentityResponse.builder()
        .account(caller.accountId())
        .userId(caller.accountId())
        .arn(caller.arn())
        .build();
  }

  public GetAccessKeyInfoResponse getAccessKeyInfo(GetAccessKeyInfoRequest request, Caller caller) {
    String account =
        keys.accountOf(String.valueOf(request.accessKeyId()))
            .orElseThrow(
                () ->
                    new CloudException(
                        ErrorCode.INVALID_CLIENT_TOKEN_ID,
                        "There is no access key '%s'.".formatted(request.accessKeyId())));
    return GetAccessKeyInfoResponse.builder().account(account).build();
  }
}
