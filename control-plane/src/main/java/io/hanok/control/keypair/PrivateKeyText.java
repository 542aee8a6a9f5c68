package io.hanok.control.keypair;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.interfaces.RSAPrivateCrtKey;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;

/** Prints a new private key, in the forms that EC2 hands out. */
final class PrivateKeyText {
  private PrivateKeyText() {}

  /**
   * The form of OpenSSH: for RSA the old one ("BEGIN RSA PRIVATE KEY"), as EC2 does; for ED25519,
   * which has no other, "BEGIN OPENSSH PRIVATE KEY".
   */
  static String pem(java.security.KeyPair pair, KeyKind kind, String comment) {
    try {
      return switch (kind) {
        case RSA -> {
          StringWriter text = new StringWriter();
          try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(pair.getPrivate());
          }
          yield text.toString().replace("\r\n", "\n");
        }
        case ED25519 -> {
          ByteArrayOutputStream text = new ByteArrayOutputStream();
          OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(pair, comment, null, text);
          yield text.toString(StandardCharsets.US_ASCII);
        }
      };
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException("a new key cannot be printed", e);
    }
  }

  /**
   * PuTTY's form, version 2, which every PuTTY reads.
   *
   * <p>Source: PuTTY manual, appendix C, "PPK file format".
   */
  static String ppk(java.security.KeyPair pair, KeyKind kind, String comment) {
    byte[] publicBlob = PublicKeys.blob(pair.getPublic());
    byte[] privateBlob = privateBlob(pair, kind);
    ByteArrayBuffer signed = new ByteArrayBuffer();
    signed.putString(kind.sshName());
    signed.putString("none");
    signed.putString(comment);
    signed.putBytes(publicBlob);
    signed.putBytes(privateBlob);
    return """
        PuTTY-User-Key-File-2: %s
        Encryption: none
        Comment: %s
        Public-Lines: %d
        %s
        Private-Lines: %d
        %s
        Private-MAC: %s
        """
        .formatted(
            kind.sshName(),
            comment,
            lines(publicBlob).lines().count(),
            lines(publicBlob),
            lines(privateBlob).lines().count(),
            lines(privateBlob),
            HexFormat.of().formatHex(mac(signed.getCompactData())));
  }

  private static byte[] privateBlob(java.security.KeyPair pair, KeyKind kind) {
    ByteArrayBuffer blob = new ByteArrayBuffer();
    switch (kind) {
      case RSA -> {
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) pair.getPrivate();
        blob.putMPInt(key.getPrivateExponent());
        blob.putMPInt(key.getPrimeP());
        blob.putMPInt(key.getPrimeQ());
        blob.putMPInt(key.getCrtCoefficient());
      }
      case ED25519 -> {
        try {
          blob.putBytes(
              ASN1OctetString.getInstance(
                      PrivateKeyInfo.getInstance(pair.getPrivate().getEncoded()).parsePrivateKey())
                  .getOctets());
        } catch (IOException e) {
          throw new IllegalStateException("a new key cannot be read", e);
        }
      }
    }
    return blob.getCompactData();
  }

  private static String lines(byte[] blob) {
    return Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(blob);
  }

  private static byte[] mac(byte[] signed) {
    try {
      byte[] key =
          MessageDigest.getInstance("SHA-1")
              .digest("putty-private-key-file-mac-key".getBytes(StandardCharsets.US_ASCII));
      Mac mac = Mac.getInstance("HmacSHA1");
      mac.init(new SecretKeySpec(key, "HmacSHA1"));
      return mac.doFinal(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has HMAC-SHA-1", e);
    }
  }
}
