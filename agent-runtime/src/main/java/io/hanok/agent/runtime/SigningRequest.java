package io.hanok.agent.runtime;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.spec.ECGenParameterSpec;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * A new key (ECDSA on P-256) with the request for its certificate; which names the certificate
 * bears is the control plane's decision.
 *
 * @param key stays on this host
 * @param pem PKCS#10 request in PEM
 */
record SigningRequest(PrivateKey key, String pem) {
  /** Makes a request with a common name. */
  static SigningRequest make(String commonName, SecureRandom random) {
    return make(
        new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build(), random);
  }

  /** Makes a request with the subject of a present certificate. */
  static SigningRequest make(X500Principal subject, SecureRandom random) {
    return make(X500Name.getInstance(subject.getEncoded()), random);
  }

  private static SigningRequest make(X500Name subject, SecureRandom random) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"), random);
      KeyPair pair = generator.generateKeyPair();
      byte[] der =
          new JcaPKCS10CertificationRequestBuilder(subject, pair.getPublic())
              .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
              .getEncoded();
      return new SigningRequest(pair.getPrivate(), Pem.ofRequest(der));
    } catch (GeneralSecurityException | OperatorCreationException | IOException e) {
      throw new IllegalStateException("this JDK cannot make an ECDSA key", e);
    }
  }
}
