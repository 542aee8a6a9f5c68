package io.hanok.agent.api;

import io.hanok.agent.api.id.HostId;
import java.util.Map;

/**
 * The control plane's answer to a {@link JoinRequest}.
 *
 * @param hostId the new member's id
 * @param certificates a certificate in PEM for each agent
 * @param authority the control plane's authority certificate in PEM
 */
public record JoinAnswer(HostId hostId, Map<AgentName, String> certificates, String authority) {}
