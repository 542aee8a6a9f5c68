/** Accounts, their root users and access keys; the secrets are encrypted with the master key. */
package io.hanok.control.identity;
