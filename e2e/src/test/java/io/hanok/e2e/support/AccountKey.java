package io.hanok.e2e.support;

/**
 * An access key of one account.
 *
 * @param accountId 12 digits
 * @param id public half
 * @param secret secret half
 */
public record AccountKey(String accountId, String id, String secret) {}
