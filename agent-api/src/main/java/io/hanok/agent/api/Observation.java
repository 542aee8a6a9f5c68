package io.hanok.agent.api;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What an agent sees of one desired document.
 *
 * @param generation generation of the document that the agent last worked on
 * @param settled whether the host is as that generation asks
 * @param status what was seen while working on that generation; null while nothing was
 * @param fault why it is not settled, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Observation(
    DocumentKind kind,
    String key,
    long generation,
    boolean settled,
    ResourceStatus status,
    AgentFault fault) {}
