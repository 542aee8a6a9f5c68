/**
 * What the three agents share.
 *
 * <p>A document arrives over mutual TLS ({@code AgentServer}), is guarded by its generation and
 * written to the ledger with fsync ({@code Ledger}) before it is answered; {@code Convergence}
 * calls the agent's {@link io.hanok.agent.runtime.Converger} for its key, and the {@code Reporter}
 * tells the control plane what came of it. {@code AgentMain} puts these together; {@code Join}
 * makes a host a member with a single-use token.
 */
package io.hanok.agent.runtime;
