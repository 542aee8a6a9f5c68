package io.hanok.control.identity;

import io.hanok.control.rest.SignedBy;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;

/** The operators' native door to access keys: the way back in for an account that lost its own. */
@RestController
@RequestMapping("/v1/accounts/{account}/access-keys")
public class AccessKeyResource {
  private final Accounts accounts;

  public AccessKeyResource(Accounts accounts) {
    this.accounts = accounts;
  }

  /** Makes a further access key of an account; the others stay. The secret is shown once. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  public Accounts.Credentials create(@PathVariable String account, WebRequest request) {
    SignedBy.operator(request);
    if (accounts.find(account).isEmpty()) {
      throw new CloudException(
          ErrorCode.NO_SUCH_ENTITY, "The account %s cannot be found.".formatted(account));
    }
    return accounts.createKey(account);
  }
}
