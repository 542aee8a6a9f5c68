package io.hanok.agent.api;

/**
 * The renewed certificate.
 *
 * @param certificate in PEM
 * @param authority the control plane's authority certificate in PEM
 */
public record RenewAnswer(String certificate, String authority) {}
