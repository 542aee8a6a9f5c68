package io.hanok.agent.api;

import java.util.Map;

/**
 * A host's request to become a member, made once with a single-use token.
 *
 * @param token the token's secret part
 * @param hostName name by which operators know the host
 * @param zone zone that it belongs to, such as {@code home-1a}
 * @param addresses where the control plane reaches each agent: {@code host:port}
 * @param signingRequests a PKCS#10 request in PEM for each agent
 */
public record JoinRequest(
    String token,
    String hostName,
    String zone,
    Map<AgentName, String> addresses,
    Map<AgentName, String> signingRequests) {}
