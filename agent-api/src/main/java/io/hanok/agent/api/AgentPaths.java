package io.hanok.agent.api;

/** The HTTP paths of the contract, on the agents' side and on the control plane's. */
public final class AgentPaths {
  /** Agent: {@code PUT /v1/documents/{kind}/{key}} with a {@link DesiredDocument}. */
  public static final String DOCUMENTS = "/v1/documents/";

  /** Agent: {@code GET /v1/report} answers the current {@link AgentReport}. */
  public static final String REPORT = "/v1/report";

  /** Compute agent: {@code GET /v1/consoles/{vmId}} answers the console log's last 64 KiB. */
  public static final String CONSOLES = "/v1/consoles/";

  /** Compute agent: {@code GET /v1/screenshots/{vmId}} answers a PNG. */
  public static final String SCREENSHOTS = "/v1/screenshots/";

  /**
   * Control plane: {@code POST /agents/v1/join} with a {@link JoinRequest}; the only one without a
   * certificate.
   */
  public static final String JOIN = "/agents/v1/join";

  /** Control plane: {@code POST /agents/v1/renew} with a {@link RenewRequest}. */
  public static final String RENEW = "/agents/v1/renew";

  /** Control plane: {@code POST /agents/v1/reports} with an {@link AgentReport}. */
  public static final String REPORTS = "/agents/v1/reports";

  private AgentPaths() {}
}
