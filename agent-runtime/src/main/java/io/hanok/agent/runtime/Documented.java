package io.hanok.agent.runtime;

import io.hanok.agent.api.ContractJson;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.TapName;
import io.hanok.agent.api.id.EniId;
import io.hanok.agent.api.id.IdKind;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Tells which things on the host some document of the ledger asks for.
 *
 * <p>A thing counts as asked for if its id stands anywhere in a document that is present (a
 * volume's document asks for its image's base, too), or if its document's file was damaged, so that
 * nothing is taken for an orphan by mistake.
 */
final class Documented {
  private static final JsonMapper JSON = ContractJson.mapper();

  private final Set<String> ids = new HashSet<>();
  private final Set<String> taps = new HashSet<>();

  private Documented() {}

  static Documented by(Ledger ledger) {
    Documented documented = new Documented();
    for (DesiredDocument document : ledger.documents()) {
      if (document.present()) {
        documented.add(JSON.valueToTree(document));
      }
    }
    ledger.damaged().forEach(k -> documented.add(k.key()));
    return documented;
  }

  /** The same things, each marked. */
  List<HostObject> mark(List<HostObject> inventory) {
    return inventory.stream()
        .map(o -> new HostObject(o.kind(), o.name(), o.resourceId(), covers(o)))
        .toList();
  }

  private boolean covers(HostObject object) {
    return object.resourceId() == null
        ? taps.contains(object.name())
        : ids.contains(object.resourceId());
  }

  private void add(JsonNode node) {
    if (node.isString()) {
      add(node.stringValue());
    }
    node.forEach(this::add);
  }

  private void add(String text) {
    IdKind.of(text)
        .ifPresent(
            kind -> {
              ids.add(text);
              if (kind == IdKind.ENI) {
                taps.add(TapName.of(new EniId(text)));
              }
            });
  }
}
