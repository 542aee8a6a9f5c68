package io.hanok.network.nft;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * All nftables tables of ours in one network namespace, as a value: printed as text that {@code nft
 * -f} loads in one transaction, or compared with another value by {@link NftPlan}.
 *
 * <p>What is loaded carries its own digest as the name of an empty chain in the first table.
 * Whoever finds that chain knows which ruleset is in force without reading it back, and a change
 * that starts from another ruleset fails as a whole, because the chain that it removes is not
 * there.
 */
public record NftRuleset(List<NftTable> tables) {
  private static final String MARKER = "d_";

  public NftRuleset {
    tables = List.copyOf(tables);
    if (tables.isEmpty()) {
      throw new IllegalArgumentException("a ruleset has at least one table");
    }
  }

  /** The table that bears the marker. */
  public NftTable marked() {
    return tables.getFirst();
  }

  /** Name of the empty chain that says that exactly this ruleset is in force. */
  public String marker() {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(body("").getBytes(StandardCharsets.UTF_8));
      return MARKER + HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /**
   * The text that replaces whatever is there by this ruleset, in one transaction. Established
   * connections live on: connection tracking is not touched.
   */
  public String load() {
    StringBuilder text = new StringBuilder();
    for (NftTable table : tables) {
      text.append("table ").append(table.address()).append("\n");
      text.append("delete table ").append(table.address()).append("\n");
    }
    return text.append(body(marker())).toString();
  }

  private String body(String marker) {
    StringBuilder text = new StringBuilder();
    for (NftTable table : tables) {
      text.append("table ").append(table.address()).append(" {\n");
      text.append("  comment \"").append(table.comment()).append("\"\n");
      table.sets().forEach(set -> print(set, text));
      if (!marker.isEmpty() && table.equals(marked())) {
        text.append("  chain ").append(marker).append(" {\n  }\n");
      }
      table.chains().forEach(chain -> print(chain, text));
      text.append("}\n");
    }
    return text.toString();
  }

  private static void print(NftSet set, StringBuilder text) {
    text.append("  ").append(set.isMap() ? "map " : "set ").append(set.name()).append(" {\n");
    text.append("    type ").append(set.type()).append("\n");
    if (!set.elements().isEmpty()) {
      text.append("    elements = {\n");
      for (Map.Entry<String, String> entry : set.elements().entrySet()) {
        text.append("      ").append(NftSet.element(entry)).append(",\n");
      }
      text.append("    }\n");
    }
    text.append("  }\n");
  }

  private static void print(NftChain chain, StringBuilder text) {
    text.append("  chain ").append(chain.name()).append(" {\n");
    if (!chain.hook().isEmpty()) {
      text.append("    ").append(chain.hook()).append("\n");
    }
    chain.rules().forEach(rule -> text.append("    ").append(rule).append("\n"));
    text.append("  }\n");
  }
}
