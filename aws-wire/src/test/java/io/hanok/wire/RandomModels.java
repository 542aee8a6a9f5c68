package io.hanok.wire;

import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.DefaultValueTrait;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.utils.builder.Buildable;

/** Makes objects of any SDK model class with members drawn at random. */
final class RandomModels {
  /** Models that contain themselves stop growing here. */
  private static final int MAX_DEPTH = 14;

  /** Pieces that go wrong in a form or in XML if anything is escaped carelessly. */
  private static final List<String> PIECES =
      List.of(
          "a", "Z9", " ", "+", "%", "%41", "&", "=", "<", ">", "\"", "'", "]]>", "é", "漢", "🦀",
          "\n", "\r", "\t", ".", ";", "/", "~", "*", "&amp;", "<!--", "\u007f", "\u0085");

  private final RandomGenerator random;
  private final boolean everyMember;

  /**
   * A source of objects.
   *
   * @param everyMember whether each member gets a value; otherwise about half of them do
   */
  RandomModels(RandomGenerator random, boolean everyMember) {
    this.random = random;
    this.everyMember = everyMember;
  }

  SdkPojo object(Class<? extends SdkPojo> type) throws ReflectiveOperationException {
    return filled((SdkPojo) type.getMethod("builder").invoke(null), 0);
  }

  private SdkPojo filled(SdkPojo builder, int depth) {
    for (SdkField<?> field : builder.sdkFields()) {
      boolean set = everyMember || random.nextBoolean() || inventedByClients(field);
      Object value = set ? value(field, depth) : null;
      if (value != null) {
        field.set(builder, value);
      }
    }
    return (SdkPojo) ((Buildable) builder).build();
  }

  /** The members that a client fills in if they are left out, so they never are. */
  private static boolean inventedByClients(SdkField<?> field) {
    return field.containsTrait(DefaultValueTrait.class)
        || field.memberName().equals("PresignedUrl");
  }

  private Object value(SdkField<?> field, int depth) {
    return switch (field.marshallingType().getKnownType()) {
      case STRING -> text();
      case INTEGER -> random.nextInt();
      case LONG -> random.nextLong();
      case SHORT -> (short) random.nextInt();
      case BYTE -> (byte) random.nextInt();
      case FLOAT -> random.nextFloat() * 1e9f;
      case DOUBLE -> random.nextDouble() * 1e18;
      case BIG_DECIMAL -> BigDecimal.valueOf(random.nextLong(), 5);
      case BOOLEAN -> random.nextBoolean();
      case INSTANT -> Instant.ofEpochSecond(random.nextLong(0, 4_000_000_000L));
      case SDK_BYTES -> bytes();
      case SDK_POJO -> depth > MAX_DEPTH ? null : filled(field.constructor().get(), depth + 1);
      case LIST -> list(field.getTrait(ListTrait.class).memberFieldInfo(), depth);
      case MAP -> map(field.getTrait(MapTrait.class).valueFieldInfo(), depth);
      case DOCUMENT, NULL -> throw new IllegalStateException(field.memberName());
    };
  }

  private List<Object> list(SdkField<?> member, int depth) {
    List<Object> values = new ArrayList<>();
    for (int n = depth > 3 ? 1 : random.nextInt(1, 4); n > 0; n--) {
      Object value = value(member, depth + 1);
      if (value != null) {
        values.add(value);
      }
    }
    return values.isEmpty() ? null : values;
  }

  private Map<String, Object> map(SdkField<?> member, int depth) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (int n = random.nextInt(1, 3); n > 0; n--) {
      Object value = value(member, depth + 1);
      if (value != null) {
        values.put(text(), value);
      }
    }
    return values.isEmpty() ? null : values;
  }

  private String text() {
    StringBuilder text = new StringBuilder("v");
    for (int n = random.nextInt(5); n > 0; n--) {
      text.append(PIECES.get(random.nextInt(PIECES.size())));
    }
    return text.append(random.nextInt(1000)).toString();
  }

  private SdkBytes bytes() {
    byte[] bytes = new byte[random.nextInt(1, 20)];
    random.nextBytes(bytes);
    return SdkBytes.fromByteArray(bytes);
  }
}
