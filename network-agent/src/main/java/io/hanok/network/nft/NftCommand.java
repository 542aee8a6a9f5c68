package io.hanok.network.nft;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** One line of an nftables transaction; {@code table} is family and name. */
public sealed interface NftCommand {
  /** The line as {@code nft -f} reads it. */
  String text();

  /** Adds an empty chain. */
  record AddChain(String table, String chain) implements NftCommand {
    @Override
    public String text() {
      return "add chain %s %s".formatted(table, chain);
    }
  }

  /** Removes all rules of a chain. */
  record FlushChain(String table, String chain) implements NftCommand {
    @Override
    public String text() {
      return "flush chain %s %s".formatted(table, chain);
    }
  }

  /** Appends a rule. */
  record AddRule(String table, String chain, String rule) implements NftCommand {
    @Override
    public String text() {
      return "add rule %s %s %s".formatted(table, chain, rule);
    }
  }

  /** Removes an empty chain that nothing refers to. */
  record DeleteChain(String table, String chain) implements NftCommand {
    @Override
    public String text() {
      return "delete chain %s %s".formatted(table, chain);
    }
  }

  /** Adds an empty set or map. */
  record AddSet(String table, NftSet set) implements NftCommand {
    @Override
    public String text() {
      return "add %s %s %s { type %s; }"
          .formatted(set.isMap() ? "map" : "set", table, set.name(), set.type());
    }
  }

  /** Removes a set or map that no rule refers to. */
  record DeleteSet(String table, String set, boolean map) implements NftCommand {
    @Override
    public String text() {
      return "delete %s %s %s".formatted(map ? "map" : "set", table, set);
    }
  }

  /** Adds elements. */
  record AddElements(String table, String set, SortedMap<String, String> elements)
      implements NftCommand {
    public AddElements {
      elements = Collections.unmodifiableSortedMap(new TreeMap<>(elements));
    }

    @Override
    public String text() {
      return "add element %s %s { %s }"
          .formatted(
              table,
              set,
              elements.entrySet().stream().map(NftSet::element).collect(Collectors.joining(", ")));
    }
  }

  /** Removes elements. */
  record DeleteElements(String table, String set, SortedMap<String, String> elements)
      implements NftCommand {
    public DeleteElements {
      elements = Collections.unmodifiableSortedMap(new TreeMap<>(elements));
    }

    @Override
    public String text() {
      return "delete element %s %s { %s }"
          .formatted(table, set, String.join(", ", elements.keySet()));
    }
  }
}
