package io.hanok.agent.api;

/**
 * An agent's request for a new certificate for itself, made over its present one.
 *
 * @param signingRequest a PKCS#10 request in PEM
 */
public record RenewRequest(String signingRequest) {}
