package io.hanok.network.nft;

import java.util.List;

/**
 * An nftables table of ours.
 *
 * @param family {@code inet} or {@code arp}
 * @param name its name
 * @param comment the id of the resource that it belongs to
 */
public record NftTable(
    String family, String name, String comment, List<NftSet> sets, List<NftChain> chains) {
  public NftTable {
    sets = List.copyOf(sets);
    chains = List.copyOf(chains);
  }

  /** Family and name, as commands name it. */
  public String address() {
    return family + " " + name;
  }
}
