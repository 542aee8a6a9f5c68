package io.hanok.control.identity;

import io.hanok.control.shared.HanokProperties;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.springframework.stereotype.Component;

/**
 * Encrypts the few secrets that the database must hold, with AES-256-GCM under a key that lies in a
 * file and never in the database.
 */
@Component
public class MasterKey {
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;

  private final SecretKeySpec key;
  private final RandomGenerator random;

  public MasterKey(HanokProperties properties, RandomGenerator random) {
    this.random = random;
    if (properties.masterKeyFile() == null) {
      throw new IllegalStateException(
          "hanok.master-key-file is not set: name a file with 32 random bytes in hex");
    }
    try {
      byte[] bytes = HexFormat.of().parseHex(Files.readString(properties.masterKeyFile()).strip());
      if (bytes.length != 32) {
        throw new IllegalStateException(properties.masterKeyFile() + " must hold 32 bytes in hex");
      }
      this.key = new SecretKeySpec(bytes, "AES");
    } catch (IOException e) {
      throw new UncheckedIOException("the master key cannot be read", e);
    }
  }

  /**
   * Encrypts.
   *
   * @param purpose what the secret belongs to; decrypting under another purpose fails
   */
  public byte[] encrypt(String secret, String purpose) {
    byte[] nonce = new byte[NONCE];
    random.nextBytes(nonce);
    byte[] sealed =
        run(Cipher.ENCRYPT_MODE, nonce, secret.getBytes(StandardCharsets.UTF_8), purpose);
    byte[] out = Arrays.copyOf(nonce, NONCE + sealed.length);
    System.arraycopy(sealed, 0, out, NONCE, sealed.length);
    return out;
  }

  /**
   * Decrypts.
   *
   * @throws IllegalStateException if the bytes, the key or the purpose are not those of the
   *     encryption
   */
  public String decrypt(byte[] encrypted, String purpose) {
    byte[] nonce = Arrays.copyOf(encrypted, NONCE);
    byte[] sealed = Arrays.copyOfRange(encrypted, NONCE, encrypted.length);
    return new String(run(Cipher.DECRYPT_MODE, nonce, sealed, purpose), StandardCharsets.UTF_8);
  }

  private byte[] run(int mode, byte[] nonce, byte[] input, String purpose) {
    try {
      Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
      cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
      cipher.updateAAD(purpose.getBytes(StandardCharsets.UTF_8));
      return cipher.doFinal(input);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(
          "a secret of the database does not fit the master key file: " + purpose, e);
    }
  }
}
