package io.hanok.control.identity;

import io.hanok.control.rest.SignedBy;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.time.Instant;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.context.request.WebRequest;

/** The operators' native door to accounts and their access keys. */
@RestController
@RequestMapping("/v1/accounts")
public class AccountResource {
  private static final int LONGEST_NAME = 128;

  private final Accounts accounts;

  public AccountResource(Accounts accounts) {
    this.accounts = accounts;
  }

  /**
   * The body that makes an account.
   *
   * @param name 1 to 128 characters, for people to tell it by
   */
  record NewAccount(String name) {}

  /**
   * An account.
   *
   * @param id 12 digits
   * @param operator whether it may use the operators' doors
   */
  record AccountView(String id, String name, boolean operator, Instant createdAt) {
    static AccountView of(Account account) {
      return new AccountView(account.id(), account.name(), account.operator(), account.createdAt());
    }
  }

  /** The body of a list. */
  record AccountList(List<AccountView> accounts) {}

  /** All accounts, by id. */
  @GetMapping
  AccountList list(WebRequest request) {
    SignedBy.operator(request);
    return new AccountList(accounts.all().stream().map(AccountView::of).toList());
  }

  /** Makes an account that is no operator; its secret key is in this answer and never again. */
  @PostMapping
  @ResponseStatus(HttpStatus.CREATED)
  Accounts.Credentials create(@RequestBody NewAccount body, WebRequest request) {
    SignedBy.operator(request);
    if (body.name() == null || body.name().isBlank()) {
      throw Errors.missing("name");
    }
    String name = body.name().strip();
    if (name.length() > LONGEST_NAME) {
      throw Errors.invalidValue(
          "name", name, "It has more than %d characters.".formatted(LONGEST_NAME));
    }
    return accounts.create(name, false);
  }

  /** Makes a further access key of an account; the others stay. The secret is shown once. */
  @PostMapping("/{account}/access-keys")
  @ResponseStatus(HttpStatus.CREATED)
  Accounts.Credentials createKey(@PathVariable String account, WebRequest request) {
    SignedBy.operator(request);
    if (accounts.find(account).isEmpty()) {
      throw new CloudException(
          ErrorCode.NO_SUCH_ENTITY, "The account %s cannot be found.".formatted(account));
    }
    return accounts.createKey(account);
  }
}
