package io.hanok.control.keypair;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import io.hanok.control.shared.Ids;
import io.hanok.control.tag.Tags;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/**
 * Makes, imports, finds and deletes key pairs; a private key leaves with the answer and is gone.
 */
@Service
public class KeyPairs {
  static final String RESOURCE_TYPE = "key-pair";

  private static final int RSA_BITS = 2048;
  private static final int ED25519_BITS = 256;
  private static final int LONGEST_NAME = 255;

  private final KeyPairRepository rows;
  private final Tags tags;
  private final Ids ids;
  private final Clock clock;

  public KeyPairs(KeyPairRepository rows, Tags tags, Ids ids, Clock clock) {
    this.rows = rows;
    this.tags = tags;
    this.ids = ids;
    this.clock = clock;
  }

  /** The form in which a new private key is handed out. */
  enum KeyFormat {
    PEM,
    PPK
  }

  /** What a new key pair shall be. */
  record CreateKeyPair(
      String name, KeyKind kind, KeyFormat format, List<TagSpecification> tagSpecifications) {
    CreateKeyPair {
      checkName(name);
      tagSpecifications = List.copyOf(tagSpecifications);
    }
  }

  /** A public key to keep under a name. */
  record ImportKeyPair(String name, PublicKey publicKey, List<TagSpecification> tagSpecifications) {
    ImportKeyPair {
      checkName(name);
      tagSpecifications = List.copyOf(tagSpecifications);
    }
  }

  /** A new key pair; the only place where its private key ever is, and so without a text form. */
  static final class NewKeyPair {
    private final KeyPair row;
    private final String privateKey;

    private NewKeyPair(KeyPair row, String privateKey) {
      this.row = row;
      this.privateKey = privateKey;
    }

    KeyPair row() {
      return row;
    }

    String privateKey() {
      return privateKey;
    }
  }

  /**
   * The caller's key pair of a name.
   *
   * @throws CloudException InvalidKeyPair.NotFound
   */
  @Transactional(readOnly = true)
  public KeyPair require(Caller caller, String name) {
    return rows.findByAccountIdAndName(caller.accountId(), name)
        .orElseThrow(() -> notFound(List.of(String.valueOf(name))));
  }

  @Transactional
  NewKeyPair create(Caller caller, CreateKeyPair command) {
    requireFree(caller, command.name());
    java.security.KeyPair pair = generate(command.kind());
    KeyPair row =
        save(
            caller,
            command.name(),
            command.kind(),
            PublicKeys.fingerprint(pair.getPublic(), pair.getPrivate()),
            pair.getPublic(),
            command.tagSpecifications());
    return new NewKeyPair(
        row,
        switch (command.format()) {
          case PEM -> PrivateKeyText.pem(pair, command.kind(), command.name());
          case PPK -> PrivateKeyText.ppk(pair, command.kind(), command.name());
        });
  }

  @Transactional
  KeyPair importKey(Caller caller, ImportKeyPair command) {
    requireFree(caller, command.name());
    return save(
        caller,
        command.name(),
        PublicKeys.kindOf(command.publicKey()),
        PublicKeys.fingerprint(command.publicKey()),
        command.publicKey(),
        command.tagSpecifications());
  }

  /** Deletes a key pair, by name or by id; empty if there is none. */
  @Transactional
  Optional<KeyPair> delete(Caller caller, String name, String id) {
    Optional<KeyPair> found =
        id != null
            ? rows.findByAccountIdAndId(caller.accountId(), id)
                .filter(k -> name == null || k.name().equals(name))
            : rows.findByAccountIdAndName(caller.accountId(), name);
    found.ifPresent(
        key -> {
          rows.delete(key);
          tags.forget(List.of(key.id()));
        });
    return found;
  }

  static CloudException notFound(List<String> names) {
    return new CloudException(
        ErrorCode.INVALID_KEY_PAIR_NOT_FOUND,
        "The key pair '%s' does not exist".formatted(String.join(", ", names)));
  }

  private KeyPair save(
      Caller caller,
      String name,
      KeyKind kind,
      String fingerprint,
      PublicKey publicKey,
      List<TagSpecification> specifications) {
    KeyPair row =
        rows.save(
            new KeyPair(
                ids.next(IdKind.KEY_PAIR),
                caller.accountId(),
                name,
                kind,
                fingerprint,
                PublicKeys.line(publicKey, name),
                clock.instant()));
    tags.atCreation(caller, row.id(), RESOURCE_TYPE, specifications);
    return row;
  }

  private void requireFree(Caller caller, String name) {
    if (rows.findByAccountIdAndName(caller.accountId(), name).isPresent()) {
      throw new CloudException(
          ErrorCode.INVALID_KEY_PAIR_DUPLICATE,
          "The keypair '%s' already exists. Use another name or delete it.".formatted(name));
    }
  }

  private static java.security.KeyPair generate(KeyKind kind) {
    try {
      return switch (kind) {
        case RSA -> KeyUtils.generateKeyPair(kind.sshName(), RSA_BITS);
        case ED25519 -> KeyUtils.generateKeyPair(kind.sshName(), ED25519_BITS);
      };
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("no generator for " + kind, e);
    }
  }

  private static void checkName(String name) {
    if (name == null || name.isEmpty()) {
      throw Errors.missing("KeyName");
    }
    if (name.length() > LONGEST_NAME
        || !name.chars().allMatch(c -> c >= ' ' && c <= '~')
        || !name.strip().equals(name)) {
      throw Errors.invalidValue(
          "KeyName",
          name,
          "Expecting at most 255 printable ASCII characters, without spaces at the ends.");
    }
  }
}
