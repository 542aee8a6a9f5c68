package io.hanok.agent.runtime;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes PEM, the text form of keys and certificates (RFC 7468). */
final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final String REQUEST = "CERTIFICATE REQUEST";
  private static final Pattern SECTION =
      Pattern.compile("-----BEGIN ([A-Z ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");
  private static final Base64.Encoder LINES = Base64.getMimeEncoder(64, new byte[] {'\n'});

  private Pem() {}

  static String of(X509Certificate certificate) {
    try {
      return text(CERTIFICATE, certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalArgumentException("the certificate has no encoded form", e);
    }
  }

  static String of(PrivateKey key) {
    return text(PRIVATE_KEY, key.getEncoded());
  }

  static String ofRequest(byte[] der) {
    return text(REQUEST, der);
  }

  /**
   * All certificates of a text, in their order.
   *
   * @throws GeneralSecurityException if there is none, or one is damaged
   */
  static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> found = new ArrayList<>();
    for (byte[] der : sections(text, CERTIFICATE)) {
      Certificate certificate = factory.generateCertificate(new ByteArrayInputStream(der));
      found.add((X509Certificate) certificate);
    }
    if (found.isEmpty()) {
      throw new GeneralSecurityException("the text holds no certificate");
    }
    return List.copyOf(found);
  }

  /**
   * The elliptic-curve key of a text, in PKCS#8.
   *
   * @throws GeneralSecurityException if there is not exactly one, or it is damaged
   */
  static PrivateKey privateKey(String text) throws GeneralSecurityException {
    List<byte[]> keys = sections(text, PRIVATE_KEY);
    if (keys.size() != 1) {
      throw new GeneralSecurityException("the text holds " + keys.size() + " keys instead of one");
    }
    return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(keys.getFirst()));
  }

  private static List<byte[]> sections(String text, String type) throws GeneralSecurityException {
    List<byte[]> found = new ArrayList<>();
    Matcher matcher = SECTION.matcher(text);
    while (matcher.find()) {
      if (matcher.group(1).equals(type)) {
        try {
          found.add(Base64.getMimeDecoder().decode(matcher.group(2)));
        } catch (IllegalArgumentException e) {
          throw new GeneralSecurityException("a section of the text is damaged", e);
        }
      }
    }
    return found;
  }

  private static String text(String type, byte[] der) {
    String body = new String(LINES.encode(der), StandardCharsets.US_ASCII);
    return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
  }
}
