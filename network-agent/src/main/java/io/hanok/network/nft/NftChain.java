package io.hanok.network.nft;

import java.util.List;

/**
 * A chain of an nftables table.
 *
 * @param name its name
 * @param hook the line that ties it to a hook, or empty for a chain that is only jumped to
 * @param rules its rules in order, one line each
 */
public record NftChain(String name, String hook, List<String> rules) {
  public NftChain {
    rules = List.copyOf(rules);
  }

  /** A chain that is only jumped to. */
  public static NftChain plain(String name, List<String> rules) {
    return new NftChain(name, "", rules);
  }

  /** A chain on a hook. */
  public static NftChain base(String name, String hook, String... rules) {
    return new NftChain(name, hook, List.of(rules));
  }
}
