package io.hanok.control.host;

import io.hanok.agent.api.CertificateNames;
import io.hanok.agent.api.tls.PeerTrust;
import io.hanok.control.identity.MasterKey;
import io.hanok.control.shared.HanokProperties;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.net.InetAddress;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.random.RandomGenerator;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * The control plane's own certificate authority: it certifies the agents and the control plane, and
 * both sides trust nothing else.
 *
 * <p>The authority's key lies in the database, encrypted with the master key; the control plane's
 * own certificate is made afresh at each start. Keys are ECDSA on P-256.
 */
@Component
public class Authority {
  private static final String PURPOSE = "authority";
  private static final String SIGNATURE = "SHA256withECDSA";
  private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
  private static final Duration AGENT_LIFE = Duration.ofDays(30);
  private static final Duration OWN_LIFE = Duration.ofDays(365);
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(10);

  private final RandomGenerator random;
  private final Clock clock;
  private final X509Certificate certificate;
  private final PrivateKey key;
  private final KeyStore own;
  private final KeyStore trusted;

  public Authority(
      JdbcClient jdbc,
      MasterKey masterKey,
      RandomGenerator random,
      Clock clock,
      HanokProperties properties) {
    this.random = random;
    this.clock = clock;
    try {
      createOnce(jdbc, masterKey);
      var row =
          jdbc.sql("SELECT certificate_pem, key_encrypted FROM authority")
              .query((r, n) -> new Stored(r.getString(1), r.getBytes(2)))
              .single();
      this.certificate = certificateOf(row.certificatePem());
      this.key = keyOf(masterKey.decrypt(row.keyEncrypted(), PURPOSE));
      this.own = ownKeyStore(properties.agentsAddress());
      this.trusted = KeyStore.getInstance("PKCS12");
      trusted.load(null, null);
      trusted.setCertificateEntry("authority", certificate);
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException("the certificate authority cannot be opened", e);
    }
  }

  private record Stored(String certificatePem, byte[] keyEncrypted) {}

  /** The authority's certificate in PEM. */
  public String pem() {
    return pemOf(certificate);
  }

  /** SHA-256 of the authority's certificate in DER, in lower-case hex: what a join token pins. */
  public String sha256() {
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Certifies an agent's key.
   *
   * @param request PKCS#10 in PEM; only its key is taken, and its proof of possession checked
   * @param uri the name by which the agent will be known
   * @param address host name or IP address under which it listens
   * @throws IllegalArgumentException if the request is malformed or does not prove its key
   */
  public String certify(String request, String uri, String address) {
    try (PEMParser parser = new PEMParser(new StringReader(request))) {
      if (!(parser.readObject() instanceof PKCS10CertificationRequest parsed)) {
        throw new IllegalArgumentException("the signing request is not PKCS#10 in PEM");
      }
      PublicKey subject = new JcaPKCS10CertificationRequest(parsed).getPublicKey();
      if (!parsed.isSignatureValid(new JcaContentVerifierProviderBuilder().build(subject))) {
        throw new IllegalArgumentException("the signing request does not prove its key");
      }
      return pemOf(issue(subject, uri, List.of(address), AGENT_LIFE));
    } catch (IOException | GeneralSecurityException | OperatorCreationException | PKCSException e) {
      throw new IllegalArgumentException("the signing request cannot be used", e);
    }
  }

  /** Key and chain of the control plane, for the agents' door. */
  public KeyStore ownKeyStore() {
    return own;
  }

  /** The authority alone. */
  public KeyStore trustedKeyStore() {
    return trusted;
  }

  /**
   * A context for calling one agent: shows the control plane's certificate, and trusts nobody but
   * the one whose certificate of this authority bears the name.
   *
   * @param uri the agent's name, as {@link CertificateNames#agent} gives it
   */
  public SSLContext clientContext(String uri) {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(own, new char[0]);
      SSLContext context = SSLContext.getInstance("TLSv1.3");
      context.init(
          keys.getKeyManagers(),
          new TrustManager[] {new PeerTrust(chain -> List.of(certificate), uri)},
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void createOnce(JdbcClient jdbc, MasterKey masterKey)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    if (jdbc.sql("SELECT count(*) FROM authority").query(Long.class).single() > 0) {
      return;
    }
    KeyPair pair = newKeyPair();
    X500Name name = new X500Name("CN=Hanok authority");
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
                name, serial(), start(), end(AUTHORITY_LIFE), name, pair.getPublic())
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
            .addExtension(
                Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
    X509Certificate made = sign(builder, pair.getPrivate());
    // Several control planes may start at once: the first row wins.
    jdbc.sql(
            """
            INSERT INTO authority (certificate_pem, key_encrypted) VALUES (:certificate, :key)
            ON CONFLICT DO NOTHING
            """)
        .param("certificate", pemOf(made))
        .param(
            "key",
            masterKey.encrypt(
                Base64.getEncoder().encodeToString(pair.getPrivate().getEncoded()), PURPOSE))
        .update();
  }

  private KeyStore ownKeyStore(String address)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    KeyPair pair = newKeyPair();
    X509Certificate mine =
        issue(
            pair.getPublic(),
            CertificateNames.CONTROL_PLANE,
            List.of(address, "127.0.0.1", "localhost"),
            OWN_LIFE);
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "control-plane", pair.getPrivate(), new char[0], new X509Certificate[] {mine, certificate});
    return store;
  }

  private X509Certificate issue(
      PublicKey subject, String uri, List<String> addresses, Duration life)
      throws GeneralSecurityException, OperatorCreationException, IOException {
    List<GeneralName> names = new ArrayList<>();
    names.add(new GeneralName(GeneralName.uniformResourceIdentifier, uri));
    for (String address : addresses.stream().distinct().toList()) {
      names.add(
          isIp(address)
              ? new GeneralName(GeneralName.iPAddress, address)
              : new GeneralName(GeneralName.dNSName, address));
    }
    X509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
                certificate,
                serial(),
                start(),
                end(life),
                new javax.security.auth.x500.X500Principal("CN=" + uri.replace('/', '.')),
                subject)
            .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
            .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
            .addExtension(
                Extension.subjectAlternativeName,
                false,
                new GeneralNames(names.toArray(GeneralName[]::new)));
    return sign(builder, key);
  }

  private static boolean isIp(String address) {
    try {
      return InetAddress.ofLiteral(address) != null;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static X509Certificate sign(X509v3CertificateBuilder builder, PrivateKey key)
      throws OperatorCreationException, GeneralSecurityException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(key)));
  }

  private BigInteger serial() {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    return new BigInteger(1, bytes).add(BigInteger.ONE);
  }

  private Date start() {
    return Date.from(clock.instant().minus(CLOCK_SKEW));
  }

  private Date end(Duration life) {
    Instant end = clock.instant().plus(life);
    return Date.from(end);
  }

  private static KeyPair newKeyPair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new java.security.spec.ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private static String pemOf(X509Certificate certificate) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(certificate);
    } catch (IOException e) {
      throw new IllegalStateException("a string cannot fail", e);
    }
    return text.toString();
  }

  private static X509Certificate certificateOf(String pem) throws GeneralSecurityException {
    return (X509Certificate)
        java.security.cert.CertificateFactory.getInstance("X.509")
            .generateCertificate(
                new java.io.ByteArrayInputStream(
                    pem.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
  }

  private static PrivateKey keyOf(String base64) throws GeneralSecurityException {
    return KeyFactory.getInstance("EC")
        .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
  }
}
