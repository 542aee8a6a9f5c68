/**
 * Volumes, which live apart from instances.
 *
 * <p>States: a volume is {@code creating} until its host has it, {@code in-use} while a row
 * attaches it, {@code available} otherwise; {@code deleting} from the user's intent until the agent
 * has proved that nothing is left. Invariants: one attachment row at most; only a recorded intent
 * ({@code deleted_at}) ever leads to an absent document.
 */
package io.hanok.control.volume;
