package io.hanok.agent.api;

import io.hanok.agent.api.id.HostId;

/** The URI names in certificates, by which both sides know who is speaking. */
public final class CertificateNames {
  /** Name of the control plane. */
  public static final String CONTROL_PLANE = "hanok:control-plane";

  private CertificateNames() {}

  /** Name of one agent of one host. */
  public static String agent(HostId host, AgentName agent) {
    return "hanok:host/" + host.value() + "/" + agent.text();
  }
}
