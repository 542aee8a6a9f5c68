package io.hanok.control.host;

import io.hanok.control.shared.HanokProperties;
import org.apache.catalina.connector.Connector;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.springframework.boot.tomcat.servlet.TomcatServletWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.stereotype.Component;

/**
 * The port on which agents speak: mutual TLS under the control plane's own authority.
 *
 * <p>A certificate is asked for but not demanded, because a host that joins has none yet; {@link
 * AgentsDoor} lets nothing but joining pass without one.
 */
@Component
public class AgentsConnector implements WebServerFactoryCustomizer<TomcatServletWebServerFactory> {
  private final Authority authority;
  private final HanokProperties properties;

  public AgentsConnector(Authority authority, HanokProperties properties) {
    this.authority = authority;
    this.properties = properties;
  }

  @Override
  public void customize(TomcatServletWebServerFactory factory) {
    SSLHostConfig tls = new SSLHostConfig();
    tls.setProtocols("TLSv1.3");
    tls.setCertificateVerification("optional");
    tls.setTrustStore(authority.trustedKeyStore());
    SSLHostConfigCertificate certificate =
        new SSLHostConfigCertificate(tls, SSLHostConfigCertificate.Type.EC);
    certificate.setCertificateKeystore(authority.ownKeyStore());
    certificate.setCertificateKeystorePassword("");
    certificate.setCertificateKeyPassword("");
    certificate.setCertificateKeyAlias("control-plane");
    tls.addCertificate(certificate);
    Connector connector = new Connector(Http11NioProtocol.class.getName());
    connector.setPort(properties.agentsPort());
    connector.setSecure(true);
    connector.setScheme("https");
    connector.setProperty("SSLEnabled", "true");
    connector.setProperty("address", properties.agentsAddress());
    connector.addSslHostConfig(tls);
    factory.addAdditionalConnectors(connector);
  }
}
