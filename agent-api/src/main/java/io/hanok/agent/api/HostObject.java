package io.hanok.agent.api;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * A thing of ours that an agent found on its host, whether or not a document asks for it.
 *
 * @param kind what it is: {@code domain}, {@code tap}, {@code netns}, {@code volume}, {@code base}
 *     …
 * @param name its name on the host
 * @param resourceId the id that its name or tag bears, or null if it cannot be told
 * @param documented whether a document of the agent's ledger asks for it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record HostObject(String kind, String name, String resourceId, boolean documented) {}
