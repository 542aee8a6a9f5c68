package io.hanok.agent.api.tls;

import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Decides whom a side of the contract believes: certificate chains that end at authorities which
 * may change while it runs; as a client it believes nobody but the one it means to speak to, by the
 * URI name in the certificate, whose host name JSSE checks as well.
 */
public final class PeerTrust extends X509ExtendedTrustManager {
  private static final int URI = 6;

  private final Anchors anchors;
  private final String serverName;

  /** Chooses the authorities for a chain that was presented. */
  @FunctionalInterface
  public interface Anchors {
    /**
     * The certificates that the chain may end at.
     *
     * @throws CertificateException if none will do
     */
    List<X509Certificate> forChain(X509Certificate[] chain) throws CertificateException;
  }

  /**
   * Makes a decision rule.
   *
   * @param serverName URI name that a server's certificate must bear
   */
  public PeerTrust(Anchors anchors, String serverName) {
    this.anchors = anchors;
    this.serverName = serverName;
  }

  /** Whether a certificate bears a URI name. */
  public static boolean bears(X509Certificate certificate, String name)
      throws CertificateParsingException {
    return uriNames(certificate).contains(name);
  }

  /** The URI names of a certificate. */
  public static List<String> uriNames(X509Certificate certificate)
      throws CertificateParsingException {
    Collection<List<?>> names = certificate.getSubjectAlternativeNames();
    return names == null
        ? List.of()
        : names.stream()
            .filter(n -> n.getFirst().equals(URI))
            .map(n -> (String) n.getLast())
            .toList();
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    delegate(chain).checkClientTrusted(chain, authType, engine);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    delegate(chain).checkClientTrusted(chain, authType, socket);
  }

  @Override
  public void checkClientTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    delegate(chain).checkClientTrusted(chain, authType);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, SSLEngine engine)
      throws CertificateException {
    delegate(chain).checkServerTrusted(chain, authType, engine);
    checkName(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType, Socket socket)
      throws CertificateException {
    delegate(chain).checkServerTrusted(chain, authType, socket);
    checkName(chain);
  }

  @Override
  public void checkServerTrusted(X509Certificate[] chain, String authType)
      throws CertificateException {
    delegate(chain).checkServerTrusted(chain, authType);
    checkName(chain);
  }

  /** None are announced, so that a peer presents what it has whatever authority is current. */
  @Override
  public X509Certificate[] getAcceptedIssuers() {
    return new X509Certificate[0];
  }

  private void checkName(X509Certificate[] chain) throws CertificateException {
    if (!bears(chain[0], serverName)) {
      throw new CertificateException("the server's certificate does not name " + serverName);
    }
  }

  private X509ExtendedTrustManager delegate(X509Certificate[] chain) throws CertificateException {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      for (X509Certificate anchor : anchors.forChain(chain)) {
        store.setCertificateEntry("authority-" + store.size(), anchor);
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(store);
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new IllegalStateException("the JDK's PKIX trust manager is missing");
    } catch (CertificateException e) {
      throw e;
    } catch (GeneralSecurityException | java.io.IOException e) {
      throw new CertificateException("cannot check the certificate", e);
    }
  }
}
