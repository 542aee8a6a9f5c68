package io.hanok.network.nft;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides what one nftables transaction must do to turn the ruleset in force into another one.
 *
 * <p>Goals: one transaction; only what differs is touched, so that a member more in a group of a
 * thousand costs one element; at no moment inside the transaction does a line refer to something
 * that is not there. Hence the order: new chains and sets; elements out; contents of changed chains
 * (gone ones are emptied); elements in; sets and chains out; the marker at last.
 */
public final class NftPlan {
  private final List<NftCommand> additions = new ArrayList<>();
  private final List<NftCommand> elementsOut = new ArrayList<>();
  private final List<NftCommand> contents = new ArrayList<>();
  private final List<NftCommand> elementsIn = new ArrayList<>();
  private final List<NftCommand> removals = new ArrayList<>();

  private NftPlan() {}

  /**
   * The lines that lead from one ruleset to another; none if they are equal.
   *
   * @return empty if they differ in something that cannot be changed in place (a table, a hook, a
   *     type), so that the whole ruleset has to be loaded
   */
  public static Optional<List<NftCommand>> between(NftRuleset before, NftRuleset after) {
    if (before.equals(after)) {
      return Optional.of(List.of());
    }
    if (!sameFrame(before, after)) {
      return Optional.empty();
    }
    NftPlan plan = new NftPlan();
    for (int i = 0; i < before.tables().size(); i++) {
      plan.sets(before.tables().get(i), after.tables().get(i));
      plan.chains(before.tables().get(i), after.tables().get(i));
    }
    String marked = after.marked().address();
    List<NftCommand> commands = new ArrayList<>();
    commands.add(new NftCommand.DeleteChain(marked, before.marker()));
    commands.addAll(plan.additions);
    commands.addAll(plan.elementsOut);
    commands.addAll(plan.contents);
    commands.addAll(plan.elementsIn);
    commands.addAll(plan.removals);
    commands.add(new NftCommand.AddChain(marked, after.marker()));
    return Optional.of(commands);
  }

  /** The lines as one text for {@code nft -f}. */
  public static String text(List<NftCommand> commands) {
    return commands.stream().map(c -> c.text() + "\n").collect(Collectors.joining());
  }

  private static boolean sameFrame(NftRuleset before, NftRuleset after) {
    if (before.tables().size() != after.tables().size()) {
      return false;
    }
    for (int i = 0; i < before.tables().size(); i++) {
      NftTable old = before.tables().get(i);
      NftTable now = after.tables().get(i);
      if (!old.address().equals(now.address())
          || !old.comment().equals(now.comment())
          || !sameWhereShared(chains(old), chains(now), NftChain::hook)
          || !sameWhereShared(sets(old), sets(now), NftSet::type)
          || !hooks(old).equals(hooks(now))) {
        return false;
      }
    }
    return true;
  }

  private static <T> boolean sameWhereShared(
      Map<String, T> old, Map<String, T> now, Function<T, String> trait) {
    return old.entrySet().stream()
        .filter(e -> now.containsKey(e.getKey()))
        .allMatch(e -> trait.apply(e.getValue()).equals(trait.apply(now.get(e.getKey()))));
  }

  private static List<String> hooks(NftTable table) {
    return table.chains().stream()
        .filter(c -> !c.hook().isEmpty())
        .map(NftChain::name)
        .sorted()
        .toList();
  }

  private void sets(NftTable before, NftTable after) {
    Map<String, NftSet> old = sets(before);
    Map<String, NftSet> now = sets(after);
    String table = after.address();
    for (NftSet set : now.values()) {
      NftSet was = old.get(set.name());
      if (was == null) {
        additions.add(new NftCommand.AddSet(table, set));
      }
      SortedMap<String, String> had = was == null ? new TreeMap<>() : was.elements();
      SortedMap<String, String> out = minus(had, set.elements());
      SortedMap<String, String> in = minus(set.elements(), had);
      if (!out.isEmpty()) {
        elementsOut.add(new NftCommand.DeleteElements(table, set.name(), out));
      }
      if (!in.isEmpty()) {
        elementsIn.add(new NftCommand.AddElements(table, set.name(), in));
      }
    }
    for (NftSet set : old.values()) {
      if (!now.containsKey(set.name())) {
        if (!set.elements().isEmpty()) {
          elementsOut.add(new NftCommand.DeleteElements(table, set.name(), set.elements()));
        }
        removals.add(new NftCommand.DeleteSet(table, set.name(), set.isMap()));
      }
    }
  }

  private void chains(NftTable before, NftTable after) {
    Map<String, NftChain> old = chains(before);
    Map<String, NftChain> now = chains(after);
    String table = after.address();
    for (NftChain chain : old.values()) {
      if (!now.containsKey(chain.name())) {
        contents.add(new NftCommand.FlushChain(table, chain.name()));
        removals.add(new NftCommand.DeleteChain(table, chain.name()));
      }
    }
    for (NftChain chain : now.values()) {
      NftChain was = old.get(chain.name());
      if (chain.equals(was)) {
        continue;
      }
      if (was == null) {
        additions.add(new NftCommand.AddChain(table, chain.name()));
      } else {
        contents.add(new NftCommand.FlushChain(table, chain.name()));
      }
      for (String rule : chain.rules()) {
        contents.add(new NftCommand.AddRule(table, chain.name(), rule));
      }
    }
  }

  private static SortedMap<String, String> minus(
      SortedMap<String, String> from, SortedMap<String, String> what) {
    SortedMap<String, String> rest = new TreeMap<>(from);
    rest.entrySet().removeIf(e -> e.getValue().equals(what.get(e.getKey())));
    return rest;
  }

  private static Map<String, NftSet> sets(NftTable table) {
    return table.sets().stream()
        .collect(Collectors.toMap(NftSet::name, s -> s, (a, b) -> a, TreeMap::new));
  }

  private static Map<String, NftChain> chains(NftTable table) {
    return table.chains().stream()
        .collect(Collectors.toMap(NftChain::name, c -> c, (a, b) -> a, TreeMap::new));
  }
}
