package io.hanok.wire;

import io.hanok.wire.FormParameters.Node;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.protocol.MarshallingKnownType;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.utils.builder.Buildable;

/**
 * Fills one request object from a tree of parameters, and remembers which parameters it took.
 *
 * <p>The request's own fields say what to look for; parameters that no field asked for are left
 * over. The recursion is as deep as the tree, which {@link FormParameters} has bounded.
 */
final class RequestReader {
  /** Every request may carry these; they belong to the protocol, not to an operation. */
  private static final Set<String> PROTOCOL_PARAMETERS = Set.of("Action", "Version");

  /** Digits of a list index beyond which it is refused; AWS's lists are far shorter. */
  private static final int MAX_INDEX_DIGITS = 9;

  private final WireProtocol protocol;
  private final Set<Node> taken = Collections.newSetFromMap(new IdentityHashMap<>());

  RequestReader(WireProtocol protocol) {
    this.protocol = protocol;
  }

  /** Builds the request and adds the names of parameters that no field took to {@code unknown}. */
  SdkPojo read(SdkPojo builder, Node root, Collection<String> unknown) {
    fill(builder, root);
    root.children()
        .forEach(
            (name, node) -> {
              if (!name.startsWith("X-Amz-")) {
                leftOver(node, PROTOCOL_PARAMETERS.contains(name), unknown);
              }
            });
    return built(builder);
  }

  private void leftOver(Node node, boolean known, Collection<String> unknown) {
    if (node.value() != null && !known && !taken.contains(node)) {
      unknown.add(node.path());
    }
    node.children().values().forEach(child -> leftOver(child, false, unknown));
  }

  private void fill(SdkPojo builder, Node node) {
    for (SdkField<?> field : builder.sdkFields()) {
      Node child = node.child(field.locationName());
      if (child != null) {
        Object value = value(field, child);
        if (value != null) {
          field.set(builder, value);
        }
      }
    }
  }

  /** The field's value, or null if the node holds none. */
  private Object value(SdkField<?> field, Node node) {
    MarshallingKnownType type = field.marshallingType().getKnownType();
    return switch (type) {
      case LIST -> list(field, node);
      case MAP -> map(field, node);
      case SDK_POJO -> structure(field, node);
      case DOCUMENT, NULL ->
          throw new IllegalStateException("no query protocol has " + field.memberName());
      case STRING,
          INTEGER,
          LONG,
          SHORT,
          BYTE,
          FLOAT,
          DOUBLE,
          BIG_DECIMAL,
          BOOLEAN,
          INSTANT,
          SDK_BYTES -> {
        if (node.value() == null) {
          yield null;
        }
        taken.add(node);
        yield Scalars.parse(type, node.path(), node.value());
      }
    };
  }

  private SdkPojo structure(SdkField<?> field, Node node) {
    if (node.value() != null && node.value().isEmpty()) {
      taken.add(node); // "X=" is a structure without members
    }
    SdkPojo builder = field.constructor().get();
    fill(builder, node);
    return built(builder);
  }

  private List<Object> list(SdkField<?> field, Node node) {
    ListTrait trait = field.getTrait(ListTrait.class);
    Node items = node;
    if (protocol == WireProtocol.QUERY && !trait.isFlattened()) {
      items = node.child(trait.memberFieldInfo().locationName());
      if (items == null) {
        items = node.child("member");
      }
    }
    List<Object> values = new ArrayList<>();
    for (Node item : numbered(items, node)) {
      Object value = value(trait.memberFieldInfo(), item);
      if (value != null) {
        values.add(value);
      }
    }
    return values.isEmpty() && node.value() == null ? null : values;
  }

  private Map<String, Object> map(SdkField<?> field, Node node) {
    MapTrait trait = field.getTrait(MapTrait.class);
    Node entries = trait.isFlattened() || protocol == WireProtocol.EC2 ? node : node.child("entry");
    Map<String, Object> values = new LinkedHashMap<>();
    for (Node entry : numbered(entries, node)) {
      Node key = entry.child(trait.keyLocationName());
      Node value = entry.child(trait.valueLocationName());
      if (key == null || key.value() == null || value == null) {
        throw WireException.invalidQueryParameter(
            "The map entry %s must have both %s and %s."
                .formatted(
                    WireException.quoted(entry.path()),
                    trait.keyLocationName(),
                    trait.valueLocationName()));
      }
      taken.add(key);
      Object decoded = value(trait.valueFieldInfo(), value);
      if (decoded != null) {
        values.put(key.value(), decoded);
      }
    }
    return values.isEmpty() && node.value() == null ? null : values;
  }

  /**
   * The numbered children in the order of their numbers, whatever the first is and whatever is
   * skipped: fog counts from 0.
   *
   * @param items the node with the numbers, or null
   * @param named the node with the member's own name, whose plain value must be empty
   */
  private Collection<Node> numbered(Node items, Node named) {
    if (named.value() != null) {
      if (!named.value().isEmpty()) {
        throw WireException.invalidQueryParameter(
            "The parameter %s is a list. Number its values, as %s."
                .formatted(
                    WireException.quoted(named.path()),
                    WireException.quoted(
                        named.path() + (protocol == WireProtocol.EC2 ? ".1" : ".member.1"))));
      }
      taken.add(named); // "X=" is an empty list
    }
    Map<Integer, Node> byNumber = new TreeMap<>();
    if (items != null) {
      items
          .children()
          .forEach(
              (index, node) -> {
                if (isNumber(index) && byNumber.put(number(index, node), node) != null) {
                  throw WireException.invalidQueryParameter(
                      "The list index of %s is given more than once."
                          .formatted(WireException.quoted(node.path())));
                }
              });
    }
    return byNumber.values();
  }

  private static boolean isNumber(String index) {
    return index.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  private static int number(String index, Node node) {
    if (index.length() > MAX_INDEX_DIGITS) {
      throw WireException.invalidQueryParameter(
          "The list index of %s is too large.".formatted(WireException.quoted(node.path())));
    }
    return Integer.parseInt(index);
  }

  private static SdkPojo built(SdkPojo builder) {
    return (SdkPojo) ((Buildable) builder).build();
  }
}
