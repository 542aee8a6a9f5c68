package io.hanok.control.keypair;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.Filters;
import io.hanok.control.ec2.Pages;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.Errors;
import io.hanok.control.tag.Tags;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.data.domain.Sort;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.CreateKeyPairRequest;
import software.amazon.awssdk.services.ec2.model.CreateKeyPairResponse;
import software.amazon.awssdk.services.ec2.model.DeleteKeyPairRequest;
import software.amazon.awssdk.services.ec2.model.DeleteKeyPairResponse;
import software.amazon.awssdk.services.ec2.model.DescribeKeyPairsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeKeyPairsResponse;
import software.amazon.awssdk.services.ec2.model.ImportKeyPairRequest;
import software.amazon.awssdk.services.ec2.model.ImportKeyPairResponse;
import software.amazon.awssdk.services.ec2.model.KeyPairInfo;
import software.amazon.awssdk.services.ec2.model.Tag;

/** EC2's actions on key pairs. */
@Component
public class Ec2KeyPairs implements AwsActions {
  private static final Filters<KeyPair> FILTERS =
      Filters.on(KeyPair.class)
          .text("key-name", "name")
          .text("key-pair-id", "id")
          .text("fingerprint", "fingerprint")
          .tags("id")
          .build();

  private final KeyPairs keyPairs;
  private final KeyPairRepository rows;
  private final Tags tags;

  public Ec2KeyPairs(KeyPairs keyPairs, KeyPairRepository rows, Tags tags) {
    this.keyPairs = keyPairs;
    this.rows = rows;
    this.tags = tags;
  }

  public CreateKeyPairResponse createKeyPair(CreateKeyPairRequest request, Caller caller) {
    var made =
        keyPairs.create(
            caller,
            new KeyPairs.CreateKeyPair(
                request.keyName(),
                kind(request.keyTypeAsString()),
                format(request.keyFormatAsString()),
                request.tagSpecifications()));
    KeyPair row = made.row();
    return CreateKeyPairResponse.builder()
        .keyName(row.name())
        .keyPairId(row.id())
        .keyFingerprint(row.fingerprint())
        .keyMaterial(made.privateKey())
        .tags(tags.of(List.of(row.id())).getOrDefault(row.id(), List.of()))
        .build();
  }

  public ImportKeyPairResponse importKeyPair(ImportKeyPairRequest request, Caller caller) {
    if (request.publicKeyMaterial() == null) {
      throw Errors.missing("PublicKeyMaterial");
    }
    KeyPair row =
        keyPairs.importKey(
            caller,
            new KeyPairs.ImportKeyPair(
                request.keyName(),
                PublicKeys.read(request.publicKeyMaterial().asByteArray()),
                request.tagSpecifications()));
    return ImportKeyPairResponse.builder()
        .keyName(row.name())
        .keyPairId(row.id())
        .keyFingerprint(row.fingerprint())
        .tags(tags.of(List.of(row.id())).getOrDefault(row.id(), List.of()))
        .build();
  }

  public DescribeKeyPairsResponse describeKeyPairs(DescribeKeyPairsRequest request, Caller caller) {
    List<String> ids = request.keyPairIds();
    List<String> names = request.keyNames();
    Pages.wellFormed(IdKind.KEY_PAIR, ids);
    Specification<KeyPair> mine = Pages.ownedBy(caller.accountId());
    List<KeyPair> found =
        rows.findAll(
            mine.and(Pages.idIn("id", ids))
                .and(Pages.idIn("name", names))
                .and(FILTERS.specification(request.filters())),
            Sort.by("name"));
    if (request.filters().isEmpty()) {
      Pages.requireAll(IdKind.KEY_PAIR, ids, found, KeyPair::id);
      Set<String> missing = new LinkedHashSet<>(names);
      found.forEach(k -> missing.remove(k.name()));
      if (!missing.isEmpty()) {
        throw KeyPairs.notFound(List.copyOf(missing));
      }
    }
    Map<String, List<Tag>> tagged = tags.of(found.stream().map(KeyPair::id).toList());
    boolean withKey = Boolean.TRUE.equals(request.includePublicKey());
    return DescribeKeyPairsResponse.builder()
        .keyPairs(
            found.stream()
                .map(k -> info(k, withKey, tagged.getOrDefault(k.id(), List.of())))
                .toList())
        .build();
  }

  /** Deleting a key pair that is not there succeeds, as on EC2. */
  public DeleteKeyPairResponse deleteKeyPair(DeleteKeyPairRequest request, Caller caller) {
    if (request.keyName() == null && request.keyPairId() == null) {
      throw Errors.missing("KeyName or KeyPairId");
    }
    Optional<KeyPair> gone = keyPairs.delete(caller, request.keyName(), request.keyPairId());
    return DeleteKeyPairResponse.builder()
        .returnValue(true)
        .keyPairId(gone.map(KeyPair::id).orElse(null))
        .build();
  }

  private static KeyPairInfo info(KeyPair key, boolean withKey, List<Tag> tagged) {
    return KeyPairInfo.builder()
        .keyName(key.name())
        .keyPairId(key.id())
        .keyType(key.type())
        .keyFingerprint(key.fingerprint())
        .publicKey(withKey ? key.publicKey() : null)
        .createTime(key.createdAt())
        .tags(tagged)
        .build();
  }

  private static KeyKind kind(String text) {
    if (text == null) {
      return KeyKind.RSA;
    }
    for (KeyKind kind : KeyKind.values()) {
      if (kind.text().equals(text)) {
        return kind;
      }
    }
    throw Errors.invalidValue("KeyType", text, "Expecting rsa or ed25519.");
  }

  private static KeyPairs.KeyFormat format(String text) {
    return switch (text) {
      case null -> KeyPairs.KeyFormat.PEM;
      case "pem" -> KeyPairs.KeyFormat.PEM;
      case "ppk" -> KeyPairs.KeyFormat.PPK;
      default -> throw Errors.invalidValue("KeyFormat", text, "Expecting pem or ppk.");
    };
  }
}
