/**
 * The only door outwards, to the agents of the hosts.
 *
 * <p>A domain package writes what it wants of a thing on a host ({@link
 * io.hanok.control.agentclient.AgentDocuments}) in its own transaction; a reconciler pushes it
 * until the agent has acknowledged the generation; the agent's reports come back as observations,
 * and {@link io.hanok.control.agentclient.ObservationListener}s are told which of them changed.
 */
package io.hanok.control.agentclient;
