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

  /**
   * Makes a host a member, and its zone a zone if it is the first in it.
   *
   * @throws AgentsDoor.Denied if the token is not good; whoever has none learns nothing else
   * @throws IllegalArgumentException if the request cannot be served; the token stays good
   */
  @Transactional
  public JoinAnswer join(JoinRequest request) {
    String token = lockToken(request.token());
    for (AgentName agent : AgentName.values()) {
      if (!names(request.addresses(), agent) || !names(request.signingRequests(), agent)) {
        throw new IllegalArgumentException("the request says nothing of the agent " + agent.text());
      }
    }
    // Two hosts that join at once must not both find a name or an address free.
    jdbc.sql("SELECT pg_advisory_xact_lock(hashtext('hanok: joining'))")
        .query((row, n) -> 0)
        .list();
    HostId host = new HostId(ids.next(IdKind.HOST));
    enrol(host, request);
    jdbc.sql("UPDATE join_token SET used_at = now(), host_id = :host WHERE secret_sha256 = :token")
        .param("host", host.value())
        .param("token", token)
        .update();
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

  private static boolean names(Map<AgentName, String> values, AgentName agent) {
    return values != null && values.get(agent) != null;
  }

  private String lockToken(String secret) {
    return jdbc.sql(
            """
            SELECT secret_sha256 FROM join_token
            WHERE secret_sha256 = :digest AND used_at IS NULL AND expires_at > now()
            FOR UPDATE
            """)
        .param("digest", sha256(String.valueOf(secret)))
        .query(String.class)
        .optional()
        .orElseThrow(
            () ->
                new AgentsDoor.Denied(
                    "the join token is unknown, used or expired:"
                        + " ask for a new one and join again"));
  }

  private record TakenAddress(String address, String agent, String host) {}

  private void requireFreeAddresses(JoinRequest request) {
    jdbc.sql(
            """
            SELECT a.address, a.name AS agent, h.name AS host
            FROM agent a JOIN host h ON h.id = a.host_id
            WHERE a.address IN (:addresses) ORDER BY a.address LIMIT 1
            """)
        .param("addresses", request.addresses().values())
        .query(TakenAddress.class)
        .optional()
        .ifPresent(
            taken -> {
              throw new IllegalArgumentException(
                  "%s is the address of the %s agent of the host '%s' already: join with another one"
                      .formatted(taken.address(), taken.agent(), taken.host()));
            });
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
    requireFreeAddresses(request);
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
