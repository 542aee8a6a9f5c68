package io.hanok.control.identity;

import io.hanok.control.shared.Caller;
import io.hanok.wire.SigningKey;
import java.util.Optional;
import org.springframework.stereotype.Service;

/** Finds the secret behind an access key, and whose it is. */
@Service
public class AccessKeys {
  private final AccessKeyRepository keys;
  private final AccountRepository accounts;
  private final MasterKey masterKey;

  public AccessKeys(AccessKeyRepository keys, AccountRepository accounts, MasterKey masterKey) {
    this.keys = keys;
    this.accounts = accounts;
    this.masterKey = masterKey;
  }

  /** The signing key of an active access key. */
  public Optional<SigningKey<Caller>> signingKey(String accessKeyId) {
    return keys.findById(accessKeyId)
        .filter(AccessKey::active)
        .map(
            key -> {
              Account account = accounts.findById(key.accountId()).orElseThrow();
              return new SigningKey<>(
                  masterKey.decrypt(key.secretEncrypted(), key.id()),
                  null,
                  new Caller(account.id(), key.id(), account.operator()));
            });
  }

  /** The account that an access key belongs to, active or not. */
  public Optional<String> accountOf(String accessKeyId) {
    return keys.findById(accessKeyId).map(AccessKey::accountId);
  }
}
