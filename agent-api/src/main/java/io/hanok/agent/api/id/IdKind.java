package io.hanok.agent.api.id;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The registry of every kind of resource id: a prefix, a dash and 17 hexadecimal digits, as in EC2.
 *
 * <p>The prefix alone tells the kind, so an id found in the name of a domain, a tap or a file can
 * be traced back to the row that owns it.
 */
public enum IdKind {
  INSTANCE("i"),
  VM("vm"),
  VOLUME("vol"),
  SNAPSHOT("snap"),
  IMAGE("ami"),
  ENI("eni"),
  ENI_ATTACHMENT("eni-attach"),
  SECURITY_GROUP("sg"),
  SECURITY_GROUP_RULE("sgr"),
  SUBNET("subnet"),
  VPC("vpc"),
  ALLOCATION("eipalloc"),
  ADDRESS_ASSOCIATION("eipassoc"),
  KEY_PAIR("key"),
  RESERVATION("r"),
  ROUTE_TABLE("rtb"),
  ROUTE_TABLE_ASSOCIATION("rtbassoc"),
  INTERNET_GATEWAY("igw"),
  NETWORK_ACL("acl"),
  NETWORK_ACL_ASSOCIATION("aclassoc"),
  DHCP_OPTIONS("dopt"),
  VPC_CIDR_ASSOCIATION("vpc-cidr-assoc"),
  HOST("host");

  private static final int DIGITS = 17;
  private static final Map<String, IdKind> BY_PREFIX =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(IdKind::prefix, k -> k));

  private final String prefix;
  private final Pattern pattern;

  IdKind(String prefix) {
    this.prefix = prefix;
    this.pattern = Pattern.compile(prefix + "-[0-9a-f]{" + DIGITS + "}");
  }

  /** The letters before the last dash, such as {@code vol}. */
  public String prefix() {
    return prefix;
  }

  /** Whether the text is a well-formed id of this kind. */
  public boolean matches(String text) {
    return text != null && pattern.matcher(text).matches();
  }

  /**
   * Returns the text itself if it is a well-formed id of this kind.
   *
   * @throws IllegalArgumentException if it is not
   */
  public String check(String text) {
    if (!matches(text)) {
      throw new IllegalArgumentException("not an id of the form " + prefix + "-…: " + text);
    }
    return text;
  }

  /** Draws a new id text of this kind: 68 random bits. */
  public String draw(RandomGenerator random) {
    return "%s-%01x%016x".formatted(prefix, random.nextInt(16), random.nextLong());
  }

  /** Draws a new typed id of this kind. */
  public <T extends ResourceId> T draw(RandomGenerator random, Function<String, T> constructor) {
    return constructor.apply(draw(random));
  }

  /** The kind that a well-formed id belongs to, or empty for any other text. */
  public static Optional<IdKind> of(String text) {
    int dash = text == null ? -1 : text.lastIndexOf('-');
    if (dash < 0) {
      return Optional.empty();
    }
    return Optional.ofNullable(BY_PREFIX.get(text.substring(0, dash))).filter(k -> k.matches(text));
  }
}
