package io.hanok.control.identity;

/**
 * An account is being made, in the present transaction: whoever gives each account something of its
 * own (the default VPC) makes it now.
 *
 * @param accountId the new account
 */
public record AccountCreated(String accountId) {}
