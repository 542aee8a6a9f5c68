package io.hanok.network.nft;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A named set or map of an nftables table.
 *
 * @param name its name
 * @param type key type, and for a map {@code : } and the data type
 * @param elements key → data, both as nft prints them; data are empty in a set
 */
public record NftSet(String name, String type, SortedMap<String, String> elements) {
  public NftSet {
    elements = Collections.unmodifiableSortedMap(new TreeMap<>(elements));
  }

  /** A set. */
  public static NftSet of(String name, String type, Collection<String> keys) {
    SortedMap<String, String> elements = new TreeMap<>();
    keys.forEach(key -> elements.put(key, ""));
    return new NftSet(name, type, elements);
  }

  /** A map. */
  public static NftSet map(String name, String types, Map<String, String> elements) {
    return new NftSet(name, types, new TreeMap<>(elements));
  }

  /** Whether it maps keys to data. */
  public boolean isMap() {
    return type.contains(":");
  }

  /** An element as it is written between braces. */
  static String element(Map.Entry<String, String> entry) {
    return entry.getValue().isEmpty() ? entry.getKey() : entry.getKey() + " : " + entry.getValue();
  }
}
