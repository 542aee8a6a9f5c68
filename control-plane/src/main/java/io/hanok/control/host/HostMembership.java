package io.hanok.control.host;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.CertificateNames;
import io.hanok.agent.api.JoinAnswer;
import io.hanok.agent.api.JoinRequest;
import io.hanok.agent.api.JoinToken;
import io.hanok.agent.api.RenewAnswer;
import io.hanok.agent.api.RenewRequest;
import io.hanok.agent.api.id.HostId;
import io.hanok.agent.api.id.IdKind;
import io.hanok.control.shared.HanokProperties;
import io.hanok.control.shared.Ids;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** How hosts become members: a token that is used once, and certificates that are renewed. */
@Service
public class HostMembership {
  private final JdbcClient jdbc;
  private final Authority authority;
  private final Ids ids;
  private final RandomGenerator random;
  private final HanokProperties properties;
  private final ApplicationEventPublisher events;

  public HostMembership(
      JdbcClient jdbc,
      Authority authority,
      Ids ids,
      RandomGenerator random,
      HanokProperties properties,
      ApplicationEventPublisher events) {
    this.jdbc = jdbc;
    this.authority = authority;
    this.ids = ids;
    this.random = random;
    this.properties = properties;
    this.events = events;
  }

  /** Makes a token that one host may use within the hour. */
  @Transactional
  public JoinToken invite() {
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    String secret = HexFormat.of().formatHex(bytes);
    jdbc.sql(
            """
            INSERT INTO join_token (secret_sha256, expires_at)
            VALUES (:digest, now() + interval '1 hour')
            """)
        .param("digest", sha256(secret))
        .update();
    return new JoinToken(
        "https://" + properties.agentsAddress() + ":" + properties.agentsPort(),
        authority.sha256(),
        secret);
  }

  /** Makes a host a member, and its zone a zone if it is the first in it. */
  @Transactional
  public JoinAnswer join(JoinRequest request) {
    for (AgentName agent : AgentName.values()) {
      if (!request.addresses().containsKey(agent)
          || !request.signingRequests().containsKey(agent)) {
        throw new IllegalArgumentException("the request says nothing of the agent " + agent.text());
      }
    }
    HostId host = new HostId(ids.next(IdKind.HOST));
    enrol(host, request);
    boolean valid =
        jdbc.sql(
                    """
                    UPDATE join_token SET used_at = now(), host_id = :host
                    WHERE secret_sha256 = :digest AND used_at IS NULL AND expires_at > now()
                    """)
                .param("host", host.value())
                .param("digest", sha256(request.token()))
                .update()
            == 1;
    if (!valid) {
      throw new AgentsDoor.Denied(
          "the join token is unknown, used or expired: ask for a new one and join again");
    }
    Map<AgentName, String> certificates = new EnumMap<>(AgentName.class);
    for (AgentName agent : AgentName.values()) {
      certificates.put(
          agent,
          authority.certify(
              request.signingRequests().get(agent),
              CertificateNames.agent(host, agent),
              hostPart(request.addresses().get(agent))));
    }
    return new JoinAnswer(host, certificates, authority.pem());
  }

  private void enrol(HostId host, JoinRequest request) {
    if (jdbc.sql("SELECT count(*) FROM host WHERE name = :name")
            .param("name", request.hostName())
            .query(Long.class)
            .single()
        > 0) {
      throw new IllegalArgumentException(
          "a host named '%s' is a member already".formatted(request.hostName()));
    }
    boolean newZone =
        jdbc.sql("INSERT INTO zone (name) VALUES (:zone) ON CONFLICT DO NOTHING")
                .param("zone", zone(request.zone()))
                .update()
            == 1;
    jdbc.sql("INSERT INTO host (id, name, zone) VALUES (:id, :name, :zone)")
        .param("id", host.value())
        .param("name", request.hostName())
        .param("zone", request.zone())
        .update();
    for (AgentName agent : AgentName.values()) {
      jdbc.sql("INSERT INTO agent (host_id, name, address) VALUES (:host, :name, :address)")
          .param("host", host.value())
          .param("name", agent.text())
          .param("address", request.addresses().get(agent))
          .update();
    }
    if (newZone) {
      events.publishEvent(new ZoneAppeared(request.zone()));
    }
  }

  private String zone(String zone) {
    if (!zone.matches(java.util.regex.Pattern.quote(properties.region()) + "[a-z]")) {
      throw new IllegalArgumentException(
          "the zone '%s' is not one of the region: '%sa' to '%sz'"
              .formatted(zone, properties.region(), properties.region()));
    }
    return zone;
  }

  /** Gives an agent a new certificate, for the address that it joined with. */
  @Transactional(readOnly = true)
  public RenewAnswer renew(HostId host, AgentName agent, RenewRequest request) {
    String address =
        jdbc.sql("SELECT address FROM agent WHERE host_id = :host AND name = :agent")
            .param("host", host.value())
            .param("agent", agent.text())
            .query(String.class)
            .optional()
            .orElseThrow(() -> new AgentsDoor.Denied(host + " is no longer a member"));
    return new RenewAnswer(
        authority.certify(
            request.signingRequest(), CertificateNames.agent(host, agent), hostPart(address)),
        authority.pem());
  }

  private static String hostPart(String address) {
    int colon = address.lastIndexOf(':');
    if (colon < 1) {
      throw new IllegalArgumentException("an address has the form host:port, not " + address);
    }
    return address.substring(0, colon);
  }

  private static String sha256(String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
