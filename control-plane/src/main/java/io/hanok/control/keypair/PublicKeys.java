package io.hanok.control.keypair;

import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import org.apache.sshd.common.NamedResource;
import org.apache.sshd.common.SshException;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.apache.sshd.common.config.keys.loader.ssh2.Ssh2PublicKeyEntryDecoder;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.PEMParser;

/** Reads public keys in the forms that users have, and takes their fingerprints as EC2 does. */
final class PublicKeys {
  private static final String RFC4716 = "---- BEGIN SSH2 PUBLIC KEY ----";
  private static final int SHORTEST_RSA = 1024;
  private static final int LONGEST_RSA = 16384;

  private PublicKeys() {}

  /**
   * Reads public key material: one line of OpenSSH, RFC 4716, or PEM.
   *
   * @throws CloudException InvalidKey.Format if it is none of these, or not RSA of 1024 bits or
   *     more or ED25519
   */
  static PublicKey read(byte[] material) {
    String text = new String(material, StandardCharsets.UTF_8).strip();
    PublicKey key;
    try {
      if (text.startsWith("-----BEGIN ")) {
        key = ofPem(text);
      } else if (text.startsWith(RFC4716)) {
        key =
            Ssh2PublicKeyEntryDecoder.INSTANCE.readPublicKey(
                null, NamedResource.ofName("key"), text.lines().map(String::strip).toList());
      } else {
        key = ofLine(text);
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw invalid(
          "Key is not in valid OpenSSH public key format. Give one line as in id_ed25519.pub, a key"
              + " of RFC 4716, or a PEM public key, in Base64.");
    }
    if (key instanceof RSAPublicKey rsa) {
      int bits = rsa.getModulus().bitLength();
      if (bits < SHORTEST_RSA || bits > LONGEST_RSA) {
        throw invalid("An RSA key has from 1024 to 16384 bits; this one has %d.".formatted(bits));
      }
    }
    kindOf(key);
    return key;
  }

  /**
   * The kind of a key.
   *
   * @throws CloudException InvalidKey.Format if it is neither RSA nor ED25519
   */
  static KeyKind kindOf(PublicKey key) {
    String name = key == null ? null : org.apache.sshd.common.config.keys.KeyUtils.getKeyType(key);
    for (KeyKind kind : KeyKind.values()) {
      if (kind.sshName().equals(name)) {
        return kind;
      }
    }
    throw invalid("Key type '%s' is not supported. Use RSA or ED25519.".formatted(name));
  }

  /** The key in the form that SSH sends. */
  static byte[] blob(PublicKey key) {
    ByteArrayBuffer buffer = new ByteArrayBuffer();
    buffer.putRawPublicKey(key);
    return buffer.getCompactData();
  }

  /** The key as one line of {@code authorized_keys}. */
  static String line(PublicKey key, String comment) {
    return "%s %s %s"
        .formatted(kindOf(key).sshName(), Base64.getEncoder().encodeToString(blob(key)), comment);
  }

  /**
   * The fingerprint of a key whose private half is not known here: for RSA the MD5 of its DER form,
   * for ED25519 the SHA-256 in Base64 that {@code ssh-keygen -l} prints, padded.
   *
   * <p>Source: EC2 API reference, "KeyPairInfo".
   */
  static String fingerprint(PublicKey key) {
    return switch (kindOf(key)) {
      case RSA -> colons(digest("MD5", key.getEncoded()));
      case ED25519 -> Base64.getEncoder().encodeToString(digest("SHA-256", blob(key)));
    };
  }

  /** The fingerprint of a key made here: for RSA the SHA-1 of the private key in PKCS #8. */
  static String fingerprint(PublicKey key, PrivateKey privateKey) {
    return switch (kindOf(key)) {
      case RSA -> colons(digest("SHA-1", privateKey.getEncoded()));
      case ED25519 -> fingerprint(key);
    };
  }

  private static PublicKey ofLine(String line) throws IOException, GeneralSecurityException {
    if (line.lines().count() != 1) {
      throw new IOException("more than one line");
    }
    return PublicKeyEntry.parsePublicKeyEntry(line)
        .resolvePublicKey(null, Map.of(), PublicKeyEntryResolver.FAILING);
  }

  private static PublicKey ofPem(String text) throws IOException, GeneralSecurityException {
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      if (!(parser.readObject() instanceof SubjectPublicKeyInfo info)) {
        throw new IOException("not a public key");
      }
      var algorithm = info.getAlgorithm().getAlgorithm();
      if (algorithm.equals(PKCSObjectIdentifiers.rsaEncryption)) {
        return KeyFactory.getInstance("RSA")
            .generatePublic(new X509EncodedKeySpec(info.getEncoded()));
      }
      if (algorithm.equals(EdECObjectIdentifiers.id_Ed25519)) {
        return ofEd25519(info.getPublicKeyData().getOctets());
      }
      throw new IOException("algorithm " + algorithm);
    }
  }

  private static PublicKey ofEd25519(byte[] point) throws SshException {
    ByteArrayBuffer buffer = new ByteArrayBuffer();
    buffer.putString(KeyKind.ED25519.sshName());
    buffer.putBytes(point);
    return buffer.getRawPublicKey();
  }

  private static String colons(byte[] digest) {
    return HexFormat.ofDelimiter(":").formatHex(digest);
  }

  private static byte[] digest(String algorithm, byte[] bytes) {
    try {
      return MessageDigest.getInstance(algorithm).digest(bytes);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + algorithm, e);
    }
  }

  private static CloudException invalid(String message) {
    return new CloudException(ErrorCode.INVALID_KEY_FORMAT, message);
  }
}
