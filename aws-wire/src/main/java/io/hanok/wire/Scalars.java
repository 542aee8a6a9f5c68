package io.hanok.wire;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Locale;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.protocol.MarshallingKnownType;
import software.amazon.awssdk.core.traits.TimestampFormatTrait;

/** Single values between their text on the wire and the type that the SDK's model gives them. */
final class Scalars {
  /** Numbers, booleans and times longer than this are refused before they are looked at. */
  private static final int MAX_LENGTH = 64;

  private static final Pattern INTEGRAL = Pattern.compile("[+-]?\\d+");
  private static final Pattern DECIMAL =
      Pattern.compile("[+-]?(\\d+(\\.\\d*)?|\\.\\d+)([eE][+-]?\\d{1,3})?");
  private static final Pattern NOT_FINITE = Pattern.compile("NaN|[+-]?Infinity");
  private static final Pattern DATE = Pattern.compile("\\d{4}-\\d\\d-\\d\\d");
  private static final Pattern ZONED = Pattern.compile(".*(Z|[+-]\\d\\d:?\\d\\d)");
  private static final Pattern WHITE_SPACE = Pattern.compile("\\s+");

  /** The form EC2 writes: always milliseconds, always {@code Z}. */
  private static final DateTimeFormatter MILLISECONDS =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Scalars() {}

  /**
   * Reads one value.
   *
   * @param parameter the parameter's whole name, for the message
   * @throws WireException {@code InvalidParameterValue}
   */
  static Object parse(MarshallingKnownType type, String parameter, String text) {
    if (type == MarshallingKnownType.STRING) {
      return text;
    }
    if (type != MarshallingKnownType.SDK_BYTES && text.length() > MAX_LENGTH) {
      throw WireException.invalidParameterValue(parameter, text, expected(type));
    }
    try {
      return parsed(type, text.strip());
    } catch (IllegalArgumentException | ArithmeticException | DateTimeException e) {
      throw WireException.invalidParameterValue(parameter, text, expected(type));
    }
  }

  private static Object parsed(MarshallingKnownType type, String text) {
    return switch (type) {
      case INTEGER -> Integer.valueOf(matching(INTEGRAL, text));
      case LONG -> Long.valueOf(matching(INTEGRAL, text));
      case SHORT -> Short.valueOf(matching(INTEGRAL, text));
      case BYTE -> Byte.valueOf(matching(INTEGRAL, text));
      case FLOAT -> Float.valueOf(floating(text));
      case DOUBLE -> Double.valueOf(floating(text));
      case BIG_DECIMAL -> new BigDecimal(matching(DECIMAL, text));
      case BOOLEAN -> bool(text);
      case INSTANT -> time(text);
      case SDK_BYTES ->
          SdkBytes.fromByteArrayUnsafe(
              Base64.getDecoder().decode(WHITE_SPACE.matcher(text).replaceAll("")));
      case STRING, LIST, MAP, SDK_POJO, DOCUMENT, NULL ->
          throw new IllegalStateException(type + " is not read here");
    };
  }

  private static String expected(MarshallingKnownType type) {
    return switch (type) {
      case INTEGER, LONG, SHORT, BYTE -> "a whole number in range";
      case FLOAT, DOUBLE, BIG_DECIMAL -> "a number";
      case BOOLEAN -> "true or false";
      case INSTANT -> "a time such as 2025-01-31T12:00:00Z";
      case SDK_BYTES -> "base64";
      case STRING, LIST, MAP, SDK_POJO, DOCUMENT, NULL -> "text";
    };
  }

  private static String matching(Pattern pattern, String text) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException(text);
    }
    return text;
  }

  private static String floating(String text) {
    return NOT_FINITE.matcher(text).matches() ? text : matching(DECIMAL, text);
  }

  private static Boolean bool(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "false", "0" -> false;
      default -> throw new IllegalArgumentException(text);
    };
  }

  /** ISO 8601 with or without time and zone (UTC if none), or seconds since 1970. */
  private static Instant time(String text) {
    if (DECIMAL.matcher(text).matches()) {
      return Instant.ofEpochMilli(
          new BigDecimal(text).movePointRight(3).setScale(0, RoundingMode.FLOOR).longValueExact());
    }
    String whole = DATE.matcher(text).matches() ? text + "T00:00:00Z" : text;
    if (!ZONED.matcher(whole).matches()) {
      whole += "Z";
    }
    return DateTimeFormatter.ISO_OFFSET_DATE_TIME.parse(whole, Instant::from);
  }

  /** Writes one value; times are cut to milliseconds unless the field has another form. */
  static String text(SdkField<?> field, Object value) {
    return switch (field.marshallingType().getKnownType()) {
      case INSTANT -> time(field, (Instant) value);
      case SDK_BYTES -> Base64.getEncoder().encodeToString(((SdkBytes) value).asByteArrayUnsafe());
      case BIG_DECIMAL -> ((BigDecimal) value).toPlainString();
      case STRING, INTEGER, LONG, SHORT, BYTE, FLOAT, DOUBLE, BOOLEAN -> value.toString();
      case LIST, MAP, SDK_POJO, DOCUMENT, NULL ->
          throw new IllegalStateException(field.memberName() + " is not one value");
    };
  }

  private static String time(SdkField<?> field, Instant time) {
    TimestampFormatTrait trait = field.getTrait(TimestampFormatTrait.class);
    if (trait == null) {
      return MILLISECONDS.format(time);
    }
    return switch (trait.format()) {
      case ISO_8601 -> MILLISECONDS.format(time);
      case RFC_822 -> DateTimeFormatter.RFC_1123_DATE_TIME.format(time.atOffset(ZoneOffset.UTC));
      case UNIX_TIMESTAMP ->
          BigDecimal.valueOf(time.toEpochMilli(), 3).stripTrailingZeros().toPlainString();
      case UNIX_TIMESTAMP_MILLIS -> Long.toString(time.toEpochMilli());
    };
  }
}
