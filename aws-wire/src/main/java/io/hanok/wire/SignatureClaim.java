package io.hanok.wire;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What a request says about its own signature, read strictly and not yet believed.
 *
 * <p>It comes either in the {@code Authorization} header or in {@code X-Amz-*} query parameters
 * (presigned), never in both.
 *
 * @param scope the credential
 * @param signedHeaders names of the headers signed, sorted, in lower case
 * @param signature the signature claimed, 64 lower-case hexadecimal digits
 * @param timestamp the time of signing as sent, {@code yyyyMMdd'T'HHmmss'Z'}
 * @param at the time of signing
 * @param expires how long a presigned request claims to be good, or null for the header form
 * @param sessionToken the session token sent along, or null
 */
record SignatureClaim(
    CredentialScope scope,
    List<String> signedHeaders,
    String signature,
    String timestamp,
    Instant at,
    Duration expires,
    String sessionToken) {

  static final String ALGORITHM = "AWS4-HMAC-SHA256";
  static final String SIGNATURE_PARAMETER = "X-Amz-Signature";
  static final String TOKEN_HEADER = "x-amz-security-token";

  /** AWS's limit for presigned requests: seven days. */
  private static final int MAX_EXPIRES_SECONDS = 604_800;

  private static final Set<String> PRESIGNED_PARAMETERS =
      Set.of(
          "X-Amz-Algorithm",
          "X-Amz-Credential",
          "X-Amz-Date",
          "X-Amz-Expires",
          "X-Amz-SignedHeaders",
          SIGNATURE_PARAMETER,
          "X-Amz-Security-Token");

  /** Headers that some presigning clients move into the query; they carry no authority. */
  private static final Set<String> HOISTED_HEADERS =
      Set.of("X-Amz-Content-Sha256", "X-Amz-User-Agent");

  private static final Set<String> AUTHORIZATION_FIELDS =
      Set.of("Credential", "SignedHeaders", "Signature");
  private static final Pattern SIGNATURE = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~a-z0-9-]+");
  private static final Pattern SECONDS = Pattern.compile("\\d{1,6}");
  private static final DateTimeFormatter TIMESTAMP =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT)
          .withResolverStyle(ResolverStyle.STRICT)
          .withZone(ZoneOffset.UTC);

  /**
   * Reads the claim of a request.
   *
   * @throws WireException {@code MissingAuthenticationToken} if there is none, {@code
   *     IncompleteSignature} if it is malformed or made twice
   */
  static SignatureClaim of(SignedRequest request) {
    Map<String, String> query = presignedParameters(request);
    List<String> authorization = request.header("authorization");
    if (authorization.isEmpty()) {
      if (query.isEmpty()) {
        throw WireException.missingAuthenticationToken();
      }
      return presigned(query);
    }
    if (authorization.size() > 1 || !query.isEmpty()) {
      throw WireException.incompleteSignature(
          "The request is signed more than once. Sign it either in one Authorization header or in"
              + " the query string.");
    }
    return inHeader(authorization.getFirst(), request);
  }

  private static SignatureClaim inHeader(String authorization, SignedRequest request) {
    if (!authorization.startsWith(ALGORITHM + " ")) {
      throw WireException.incompleteSignature(
          "Only " + ALGORITHM + " is accepted in the Authorization header.");
    }
    Map<String, String> fields = new LinkedHashMap<>();
    for (String field :
        FormParameters.pieces(authorization.substring(ALGORITHM.length() + 1), ',', 8)) {
      int equals = field.indexOf('=');
      String name = equals < 0 ? field.strip() : field.substring(0, equals).strip();
      if (equals < 0
          || !AUTHORIZATION_FIELDS.contains(name)
          || fields.put(name, field.substring(equals + 1).strip()) != null) {
        throw WireException.incompleteSignature(
            "The Authorization header must hold Credential, SignedHeaders and Signature, each"
                + " once, and not "
                + WireException.quoted(name));
      }
    }
    List<String> token = request.header(TOKEN_HEADER);
    if (token.size() > 1) {
      throw WireException.incompleteSignature("X-Amz-Security-Token is sent more than once.");
    }
    List<String> date = request.header("x-amz-date");
    if (date.size() != 1) {
      throw WireException.incompleteSignature(
          "An Authorization header requires exactly one X-Amz-Date header.");
    }
    return claim(
        required(fields, "Credential"),
        required(fields, "SignedHeaders"),
        required(fields, "Signature"),
        date.getFirst().strip(),
        null,
        token.isEmpty() ? null : token.getFirst().strip());
  }

  private static SignatureClaim presigned(Map<String, String> query) {
    if (!required(query, "X-Amz-Algorithm").equals(ALGORITHM)) {
      throw WireException.incompleteSignature("Only " + ALGORITHM + " is accepted.");
    }
    return claim(
        required(query, "X-Amz-Credential"),
        required(query, "X-Amz-SignedHeaders"),
        required(query, SIGNATURE_PARAMETER),
        required(query, "X-Amz-Date"),
        expires(required(query, "X-Amz-Expires")),
        query.get("X-Amz-Security-Token"));
  }

  /** The decoded {@code X-Amz-*} parameters of the query, each known and sent once. */
  private static Map<String, String> presignedParameters(SignedRequest request) {
    Map<String, String> found = new LinkedHashMap<>();
    Set<String> seen = new TreeSet<>(String.CASE_INSENSITIVE_ORDER);
    for (String pair : FormParameters.pieces(request.rawQuery(), '&', Integer.MAX_VALUE)) {
      int equals = pair.indexOf('=');
      String name = FormParameters.decode(equals < 0 ? pair : pair.substring(0, equals));
      if (!name.regionMatches(true, 0, "X-Amz-", 0, 6)) {
        continue;
      }
      boolean authenticates = PRESIGNED_PARAMETERS.contains(name);
      if (!seen.add(name) || (!authenticates && !HOISTED_HEADERS.contains(name))) {
        throw WireException.incompleteSignature(
            "The query parameter %s is unknown, misspelled or sent more than once."
                .formatted(WireException.quoted(name)));
      }
      if (authenticates) {
        found.put(name, equals < 0 ? "" : FormParameters.decode(pair.substring(equals + 1)));
      }
    }
    return found;
  }

  private static SignatureClaim claim(
      String credential,
      String signedHeaders,
      String signature,
      String timestamp,
      Duration expires,
      String token) {
    CredentialScope scope = CredentialScope.parse(credential);
    List<String> names = List.copyOf(FormParameters.pieces(signedHeaders, ';', 200));
    if (!names.stream().allMatch(name -> HEADER_NAME.matcher(name).matches())
        || !names.equals(List.copyOf(new TreeSet<>(names)))) {
      throw WireException.incompleteSignature(
          "SignedHeaders must be distinct header names in lower case, sorted and separated by"
              + " semicolons.");
    }
    if (!SIGNATURE.matcher(signature).matches()) {
      throw WireException.incompleteSignature(
          "Signature must be 64 hexadecimal digits in lower case.");
    }
    Instant at = time(timestamp);
    if (!timestamp.startsWith(scope.date())) {
      throw WireException.incompleteSignature(
          "The date in Credential (%s) is not that of X-Amz-Date (%s)."
              .formatted(scope.date(), timestamp));
    }
    return new SignatureClaim(scope, names, signature, timestamp, at, expires, token);
  }

  private static Instant time(String timestamp) {
    try {
      return TIMESTAMP.parse(timestamp, Instant::from);
    } catch (DateTimeException e) {
      throw WireException.incompleteSignature(
          "X-Amz-Date must be in UTC as YYYYMMDD'T'HHMMSS'Z', not "
              + WireException.quoted(timestamp));
    }
  }

  private static Duration expires(String seconds) {
    int n = SECONDS.matcher(seconds).matches() ? Integer.parseInt(seconds) : 0;
    if (n < 1 || n > MAX_EXPIRES_SECONDS) {
      throw WireException.incompleteSignature(
          "X-Amz-Expires must be a number of seconds from 1 to %d, not %s"
              .formatted(MAX_EXPIRES_SECONDS, WireException.quoted(seconds)));
    }
    return Duration.ofSeconds(n);
  }

  private static String required(Map<String, String> fields, String name) {
    String value = fields.get(name);
    if (value == null || value.isEmpty()) {
      throw WireException.incompleteSignature("The signature lacks " + name + ".");
    }
    return value;
  }
}
