package io.hanok.network.nft;

import io.hanok.agent.runtime.HostCommands;
import io.hanok.network.netns.NetworkNamespaces;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Puts rulesets in force: as a delta where it knows what is in force, as a whole where it does not.
 *
 * <p>What it remembers is only a short cut: the marker chain in the kernel decides. Not for several
 * threads at once.
 */
public final class Nft {
  private final HostCommands commands;
  private final Map<Optional<String>, NftRuleset> applied = new HashMap<>();

  public Nft(HostCommands commands) {
    this.commands = commands;
  }

  /**
   * Ensures that exactly this ruleset is in force; tables of others are not looked at.
   *
   * @param namespace a namespace, or empty for the one that the agent runs in
   */
  public void ensure(Optional<String> namespace, NftRuleset wanted) {
    NftRuleset before = applied.get(namespace);
    if (inForce(namespace, wanted)) {
      applied.put(namespace, wanted);
      return;
    }
    Optional<String> delta =
        before == null
            ? Optional.empty()
            : NftPlan.between(before, wanted).filter(c -> !c.isEmpty()).map(NftPlan::text);
    if (delta.isEmpty() || !nft(namespace, delta.get(), "-f", "-").succeeded()) {
      load(namespace, wanted.load());
    }
    applied.put(namespace, wanted);
  }

  /** Runs lines in one transaction. */
  public void load(Optional<String> namespace, String text) {
    commands.runWithInput(text, arguments(namespace, "-f", "-"));
  }

  /** Runs {@code nft} with arguments, whose failure is an answer, too. */
  public HostCommands.Result attempt(Optional<String> namespace, String... arguments) {
    return nft(namespace, "", arguments);
  }

  /** Forgets what was in force in a namespace that is gone. */
  public void forget(String namespace) {
    applied.remove(Optional.of(namespace));
  }

  /** Whether the kernel says that exactly this ruleset is in force. */
  public boolean inForce(Optional<String> namespace, NftRuleset wanted) {
    NftTable marked = wanted.marked();
    return nft(namespace, "", "list", "chain", marked.family(), marked.name(), wanted.marker())
        .succeeded();
  }

  private HostCommands.Result nft(Optional<String> namespace, String input, String... arguments) {
    return commands.attempt(input, arguments(namespace, arguments));
  }

  private static List<String> arguments(Optional<String> namespace, String... arguments) {
    List<String> all = new ArrayList<>();
    namespace.ifPresent(n -> all.addAll(List.of("nsenter", "--net=" + NetworkNamespaces.file(n))));
    all.add("nft");
    all.addAll(List.of(arguments));
    return all;
  }
}
