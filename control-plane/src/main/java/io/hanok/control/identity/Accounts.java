package io.hanok.control.identity;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Makes accounts and their access keys. */
@Service
public class Accounts {
  private static final String KEY_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  private static final String SECRET_LETTERS =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

  private final AccountRepository accounts;
  private final AccessKeyRepository keys;
  private final MasterKey masterKey;
  private final RandomGenerator random;
  private final Clock clock;
  private final ApplicationEventPublisher events;

  public Accounts(
      AccountRepository accounts,
      AccessKeyRepository keys,
      MasterKey masterKey,
      RandomGenerator random,
      Clock clock,
      ApplicationEventPublisher events) {
    this.accounts = accounts;
    this.keys = keys;
    this.masterKey = masterKey;
    this.random = random;
    this.clock = clock;
    this.events = events;
  }

  /**
   * An access key with its secret, which is shown once.
   *
   * @param accountId the account
   * @param accessKeyId public half
   * @param secretAccessKey secret half, 40 characters
   */
  public record Credentials(String accountId, String accessKeyId, String secretAccessKey) {}

  /** Makes an account with its default VPC and a first access key. */
  @Transactional
  public Credentials create(String name, boolean operator) {
    String id;
    do {
      id = "%012d".formatted(random.nextLong(100_000_000_000L, 1_000_000_000_000L));
    } while (accounts.existsById(id));
    accounts.saveAndFlush(new Account(id, name, operator, clock.instant()));
    events.publishEvent(new AccountCreated(id));
    return createKey(id);
  }

  /** Makes a further access key of an account. */
  @Transactional
  public Credentials createKey(String accountId) {
    String id = "AKIA" + draw(KEY_LETTERS, 16);
    String secret = draw(SECRET_LETTERS, 40);
    keys.save(new AccessKey(id, accountId, masterKey.encrypt(secret, id), clock.instant()));
    return new Credentials(accountId, id, secret);
  }

  /** The oldest operators' account: the one that the first start made. */
  @Transactional(readOnly = true)
  public Optional<Account> first() {
    return accounts.findFirstByOperatorTrueOrderByCreatedAtAscIdAsc();
  }

  /** Whether a request could be signed with an access key. */
  @Transactional(readOnly = true)
  public boolean isActiveKey(String accessKeyId) {
    return keys.existsByIdAndActiveTrue(accessKeyId);
  }

  /** Whether an account has an access key that requests could be signed with. */
  @Transactional(readOnly = true)
  public boolean hasActiveKey(String accountId) {
    return keys.existsByAccountIdAndActiveTrue(accountId);
  }

  /** All accounts, by id. */
  @Transactional(readOnly = true)
  public List<Account> all() {
    return accounts.findAll(org.springframework.data.domain.Sort.by("id"));
  }

  @Transactional(readOnly = true)
  public Optional<Account> find(String id) {
    return accounts.findById(id);
  }

  private String draw(String letters, int length) {
    StringBuilder text = new StringBuilder(length);
    for (int i = 0; i < length; i++) {
      text.append(letters.charAt(random.nextInt(letters.length())));
    }
    return text.toString();
  }
}
