package io.hanok.agent.api;

import io.hanok.agent.api.id.HostId;

/** The URI names in certificates, by which both sides know who is speaking. */
public final class CertificateNames {
  /** Name of the control plane. */
  public static final String CONTROL_PLANE = "hanok:control-plane";

  /** How the names of agents begin. */
  public static final String AGENTS = "hanok:host/";

  private CertificateNames() {}

  /** Name of one agent of one host. */
  public static String agent(HostId host, AgentName agent) {
    return AGENTS + host.value() + "/" + agent.text();
  }
}
