package io.hanok.network.nft;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What the kernel does with a transaction, as far as plans depend on it: it refuses a line about
 * something that is not there, is there already, or is still referred to.
 */
final class NftModel {
  private static final Pattern JUMP = Pattern.compile("(?:jump|goto) (\\w+)");
  private static final Pattern SET = Pattern.compile("@(\\w+)");

  private record State(
      Map<String, List<String>> chains,
      Map<String, String> hooks,
      Map<String, String> types,
      Map<String, Map<String, String>> sets) {}

  private final Map<String, State> tables = new TreeMap<>();

  static NftModel loaded(NftRuleset ruleset) {
    NftModel model = new NftModel();
    for (NftTable table : ruleset.tables()) {
      State state = new State(new TreeMap<>(), new HashMap<>(), new TreeMap<>(), new TreeMap<>());
      table.chains().forEach(c -> state.chains.put(c.name(), new ArrayList<>(c.rules())));
      table.chains().stream()
          .filter(c -> !c.hook().isEmpty())
          .forEach(c -> state.hooks.put(c.name(), c.hook()));
      table.sets().forEach(s -> state.types.put(s.name(), s.type()));
      table.sets().forEach(s -> state.sets.put(s.name(), new TreeMap<>(s.elements())));
      model.tables.put(table.address(), state);
    }
    model.tables.get(ruleset.marked().address()).chains.put(ruleset.marker(), new ArrayList<>());
    return model;
  }

  void apply(List<NftCommand> commands) {
    for (NftCommand command : commands) {
      switch (command) {
        case NftCommand.AddChain c -> absent(state(c.table()).chains.put(c.chain(), list()), c);
        case NftCommand.FlushChain c -> there(state(c.table()).chains.get(c.chain()), c).clear();
        case NftCommand.AddRule c -> {
          there(state(c.table()).chains.get(c.chain()), c).add(c.rule());
          refersToWhatIsThere(state(c.table()), c.rule(), c);
        }
        case NftCommand.DeleteChain c -> {
          check(there(state(c.table()).chains.remove(c.chain()), c).isEmpty(), c);
          check(references(state(c.table()), JUMP).noneMatch(c.chain()::equals), c);
        }
        case NftCommand.AddSet c -> {
          absent(state(c.table()).sets.put(c.set().name(), new TreeMap<>()), c);
          state(c.table()).types.put(c.set().name(), c.set().type());
        }
        case NftCommand.DeleteSet c -> {
          there(state(c.table()).sets.remove(c.set()), c);
          state(c.table()).types.remove(c.set());
          check(references(state(c.table()), SET).noneMatch(c.set()::equals), c);
        }
        case NftCommand.AddElements c -> {
          Map<String, String> set = there(state(c.table()).sets.get(c.set()), c);
          c.elements().forEach((key, value) -> absent(set.put(key, value), c));
          c.elements().values().forEach(v -> refersToWhatIsThere(state(c.table()), v, c));
        }
        case NftCommand.DeleteElements c -> {
          Map<String, String> set = there(state(c.table()).sets.get(c.set()), c);
          c.elements().keySet().forEach(key -> there(set.remove(key), c));
        }
      }
    }
  }

  private static List<String> list() {
    return new ArrayList<>();
  }

  private State state(String table) {
    return Objects.requireNonNull(tables.get(table));
  }

  private static void refersToWhatIsThere(State state, String text, NftCommand command) {
    JUMP.matcher(text).results().forEach(m -> check(state.chains.containsKey(m.group(1)), command));
    SET.matcher(text).results().forEach(m -> check(state.sets.containsKey(m.group(1)), command));
  }

  private static Stream<String> references(State state, Pattern pattern) {
    return Stream.concat(
            state.chains.values().stream().flatMap(List::stream),
            state.sets.values().stream().flatMap(s -> s.values().stream()))
        .flatMap(text -> matches(pattern.matcher(text)));
  }

  private static Stream<String> matches(Matcher matcher) {
    return matcher.results().map(m -> m.group(1));
  }

  private static <T> T there(T thing, NftCommand command) {
    check(thing != null, command);
    return thing;
  }

  private static void absent(Object thing, NftCommand command) {
    check(thing == null, command);
  }

  private static void check(boolean holds, NftCommand command) {
    if (!holds) {
      throw new IllegalStateException("the kernel would refuse: " + command.text());
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof NftModel model && tables.equals(model.tables);
  }

  @Override
  public int hashCode() {
    return tables.hashCode();
  }

  @Override
  public String toString() {
    return tables.toString();
  }
}
