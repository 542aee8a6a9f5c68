package io.hanok.agent.runtime;

import java.io.IOException;
import java.io.StringReader;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A certificate authority for tests; all its certificates are valid at 127.0.0.1. */
final class TestAuthority {
  private final KeyPair pair = keyPair();
  private final AtomicLong serial = new AtomicLong();
  private final X500Name subject = new X500Name("CN=authority");
  private final X509Certificate certificate;

  TestAuthority() {
    certificate =
        sign(
            subject,
            pair.getPublic(),
            null,
            Instant.now().minus(Duration.ofDays(100)),
            Instant.now().plus(Duration.ofDays(1000)));
  }

  X509Certificate certificate() {
    return certificate;
  }

  String sha256() {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Signs a PKCS#10 request in PEM. */
  X509Certificate sign(String request, String uriName, Instant from, Instant until) {
    try (PEMParser parser = new PEMParser(new StringReader(request))) {
      JcaPKCS10CertificationRequest parsed =
          new JcaPKCS10CertificationRequest((PKCS10CertificationRequest) parser.readObject());
      return sign(parsed.getSubject(), parsed.getPublicKey(), uriName, from, until);
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A key with a certificate for an hour. */
  Credentials issue(String uriName) {
    KeyPair mine = keyPair();
    Instant now = Instant.now();
    X509Certificate leaf =
        sign(
            new X500Name("CN=somebody"),
            mine.getPublic(),
            uriName,
            now.minusSeconds(60),
            now.plusSeconds(3600));
    return new Credentials(mine.getPrivate(), leaf, java.util.List.of(certificate));
  }

  /** A context that trusts this authority; with null it presents nothing. */
  SSLContext context(Credentials credentials) {
    try {
      KeyStore trust = KeyStore.getInstance("PKCS12");
      trust.load(null, null);
      trust.setCertificateEntry("authority", certificate);
      TrustManagerFactory trusts = TrustManagerFactory.getInstance("PKIX");
      trusts.init(trust);
      KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
      keys.init(store(credentials), new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          credentials == null ? null : keys.getKeyManagers(), trusts.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static KeyStore store(Credentials credentials)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    if (credentials != null) {
      store.setKeyEntry(
          "me",
          credentials.key(),
          new char[0],
          new Certificate[] {credentials.certificate(), credentials.authorities().getFirst()});
    }
    return store;
  }

  private X509Certificate sign(
      X500Name name, PublicKey key, String uriName, Instant from, Instant until) {
    try {
      boolean authority = name.equals(subject);
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              subject,
              BigInteger.valueOf(serial.incrementAndGet()),
              Date.from(from),
              Date.from(until),
              name,
              key);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (!authority) {
        GeneralName[] names = {
          new GeneralName(GeneralName.iPAddress, "127.0.0.1"),
          new GeneralName(GeneralName.uniformResourceIdentifier, uriName)
        };
        builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(builder.build(signer(pair.getPrivate())));
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static org.bouncycastle.operator.ContentSigner signer(PrivateKey key)
      throws OperatorCreationException {
    return new JcaContentSignerBuilder("SHA256withECDSA").build(key);
  }

  private static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), new SecureRandom());
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
