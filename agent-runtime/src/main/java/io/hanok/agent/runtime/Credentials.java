package io.hanok.agent.runtime;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.util.List;

/**
 * A key, its certificate, and the authorities that both sides of the contract trust; always a
 * matching set.
 *
 * @param key elliptic-curve key of the certificate
 * @param certificate names the agent
 * @param authorities the control plane's; one, or two while it changes
 */
record Credentials(PrivateKey key, X509Certificate certificate, List<X509Certificate> authorities) {
  Credentials {
    authorities = List.copyOf(authorities);
  }

  /**
   * Puts together what the control plane answered, and checks it.
   *
   * @param certificate in PEM
   * @param authority in PEM
   * @throws GeneralSecurityException if the certificate is not for this key or not of this
   *     authority
   */
  static Credentials of(PrivateKey key, String certificate, String authority)
      throws GeneralSecurityException {
    Credentials credentials =
        new Credentials(key, Pem.certificates(certificate).getFirst(), Pem.certificates(authority));
    credentials.check();
    return credentials;
  }

  /**
   * Reads the one-file form: the key, its certificate, then the authorities.
   *
   * @throws GeneralSecurityException if the text is damaged or its parts do not match
   */
  static Credentials parse(String text) throws GeneralSecurityException {
    List<X509Certificate> certificates = Pem.certificates(text);
    if (certificates.size() < 2) {
      throw new GeneralSecurityException("the authority's certificate is missing");
    }
    Credentials credentials =
        new Credentials(
            Pem.privateKey(text),
            certificates.getFirst(),
            certificates.subList(1, certificates.size()));
    credentials.check();
    return credentials;
  }

  /** The one-file form. */
  String text() {
    StringBuilder text = new StringBuilder(Pem.of(key)).append(Pem.of(certificate));
    authorities.forEach(a -> text.append(Pem.of(a)));
    return text.toString();
  }

  private void check() throws GeneralSecurityException {
    byte[] probe = "does this key belong to this certificate?".getBytes(StandardCharsets.UTF_8);
    Signature signer = Signature.getInstance("SHA256withECDSA");
    signer.initSign(key);
    signer.update(probe);
    byte[] signature = signer.sign();
    Signature verifier = Signature.getInstance("SHA256withECDSA");
    verifier.initVerify(certificate);
    verifier.update(probe);
    if (!verifier.verify(signature)) {
      throw new GeneralSecurityException("the certificate belongs to another key");
    }
    if (authorities.stream().noneMatch(this::issuedBy)) {
      throw new GeneralSecurityException("the certificate was not issued by the authority given");
    }
  }

  private boolean issuedBy(X509Certificate authority) {
    try {
      certificate.verify(authority.getPublicKey());
      return certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal());
    } catch (GeneralSecurityException e) {
      return false;
    }
  }
}
