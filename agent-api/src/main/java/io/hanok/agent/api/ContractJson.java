package io.hanok.agent.api;

import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * The one JSON form of the contract: keys and map entries sorted, so that equal documents have
 * equal bytes; unknown fields are ignored, so that version N talks to N−1.
 */
public final class ContractJson {
  private ContractJson() {}

  /** A mapper for the contract's records; thread-safe. */
  public static JsonMapper mapper() {
    return JsonMapper.builder()
        .enable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
        .enable(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS)
        .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
        .build();
  }
}
