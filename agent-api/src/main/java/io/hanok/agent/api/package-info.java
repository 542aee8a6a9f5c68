/**
 * The contract between the control plane and the agents of a host.
 *
 * <p>The control plane puts <em>desired documents</em> ({@link
 * io.hanok.agent.api.DesiredDocument}), each with a generation; an agent writes them to its ledger,
 * brings the host to them, and reports what it sees ({@link io.hanok.agent.api.AgentReport}). There
 * are two verbs only: <em>ensure present(spec)</em> and <em>ensure absent</em>. A message carries
 * no work: anything lost is found by the next report or the next push.
 */
package io.hanok.agent.api;
