package io.hanok.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** Who may pass, and everybody who may not. */
class SigV4VerifierTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
  private static final String BODY = "Action=DescribeInstances&Version=2016-11-15";
  private static final String SECRET = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
  private static final String TOKEN = "tok/en+with==odd characters";

  private static final Map<String, SigningKey<String>> KEYS =
      Map.of(
          "AKIDEXAMPLE", new SigningKey<>(SECRET, null, "ann"),
          "ASIATEMP", new SigningKey<>("temporary/secret", TOKEN, "role"));

  private static SigV4Verifier<String> verifierAt(Instant now) {
    return new SigV4Verifier<>(
        id -> Optional.ofNullable(KEYS.get(id)), Clock.fixed(now, ZoneOffset.UTC));
  }

  private final SigV4Verifier<String> verifier = verifierAt(NOW);

  private final SdkSigner ann =
      new SdkSigner(
          AwsCredentialsIdentity.create("AKIDEXAMPLE", SECRET), Clock.fixed(NOW, ZoneOffset.UTC));
  private final SdkSigner role =
      new SdkSigner(
          AwsSessionCredentialsIdentity.create("ASIATEMP", "temporary/secret", TOKEN),
          Clock.fixed(NOW, ZoneOffset.UTC));

  private SignedRequest signedByAnn() {
    return ann.inHeader(
        "http://127.0.0.1:8080/",
        Map.of("Content-Type", "application/x-www-form-urlencoded", "X-Spaces", "  a   b\t c "),
        BODY);
  }

  private static String codeOf(SigV4Verifier<String> verifier, SignedRequest request) {
    WireException refused =
        catchThrowableOfType(WireException.class, () -> verifier.verify(request));
    assertThat(refused).as("refused").isNotNull();
    assertThat(refused.getMessage()).isNotBlank().doesNotContain(SECRET, TOKEN);
    return refused.code() + " " + refused.httpStatus();
  }

  private static SignedRequest with(SignedRequest r, String header, List<String> values) {
    Map<String, List<String>> headers = new HashMap<>(r.headers());
    if (values.isEmpty()) {
      headers.remove(header);
    } else {
      headers.put(header, values);
    }
    return new SignedRequest(r.method(), r.rawPath(), r.rawQuery(), headers, r.bodySha256());
  }

  private static SignedRequest withQuery(SignedRequest r, UnaryOperator<String> change) {
    String changed = change.apply(r.rawQuery());
    assertThat(changed).isNotEqualTo(r.rawQuery());
    return new SignedRequest(r.method(), r.rawPath(), changed, r.headers(), r.bodySha256());
  }

  private static SignedRequest withAuthorization(SignedRequest r, UnaryOperator<String> change) {
    String before = r.headers().get("authorization").getFirst();
    assertThat(change.apply(before)).isNotEqualTo(before);
    return with(r, "authorization", List.of(change.apply(before)));
  }

  @ParameterizedTest
  @CsvSource({
    // the example that AWS's guide to signing works through
    "GET, iam, Action=ListUsers&Version=2010-05-08, iam.amazonaws.com,"
        + " application/x-www-form-urlencoded; charset=utf-8,"
        + " 5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
    // get-vanilla, post-vanilla and get-vanilla-query-order-key-case of AWS's test suite
    "GET, service, '', example.amazonaws.com, ,"
        + " 5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
    "POST, service, '', example.amazonaws.com, ,"
        + " 5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b",
    "GET, service, Param2=value2&Param1=value1, example.amazonaws.com, ,"
        + " b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
  })
  void publishedSignaturesVerify(
      String method,
      String service,
      String query,
      String host,
      String contentType,
      String signature) {
    Map<String, List<String>> headers = new HashMap<>();
    headers.put("Host", List.of(host));
    headers.put("X-Amz-Date", List.of("20150830T123600Z"));
    if (contentType != null) {
      headers.put("Content-Type", List.of(contentType));
    }
    headers.put(
        "Authorization",
        List.of(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/%s/aws4_request,"
                    .formatted(service)
                + " SignedHeaders=%shost;x-amz-date, Signature=%s"
                    .formatted(contentType == null ? "" : "content-type;", signature)));

    Verified<String> verified =
        verifierAt(Instant.parse("2015-08-30T12:36:00Z"))
            .verify(SignedRequest.of(method, "/", query, headers, new byte[0]));

    assertThat(verified).isEqualTo(new Verified<>("AKIDEXAMPLE", "us-east-1", service, "ann"));
  }

  @Test
  void theSdksHeaderSignatureVerifies() {
    assertThat(verifier.verify(signedByAnn()))
        .isEqualTo(new Verified<>("AKIDEXAMPLE", "home-1", "ec2", "ann"));
  }

  @Test
  void theSdksSignatureWithASessionTokenVerifies() {
    SignedRequest request = role.inHeader("http://127.0.0.1:8080/", Map.of(), BODY);
    assertThat(verifier.verify(request).principal()).isEqualTo("role");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://h/?Action=GetCallerIdentity&Version=2011-06-15",
        "http://h:8080/a%20b//./c/?b=2&a=1&a=0&empty=&plus=%2B&space=%20&star=*&tilde=~&u=%C3%A9",
      })
  void theSdksPresignedRequestVerifies(String url) {
    assertThat(verifier.verify(ann.presigned(url, Duration.ofMinutes(1))))
        .isEqualTo(new Verified<>("AKIDEXAMPLE", "us-east-1", "sts", "ann"));
    assertThat(verifier.verify(role.presigned(url, Duration.ofDays(7))).principal())
        .isEqualTo("role");
  }

  @Test
  void whatIsNotSignedMayChangeOnTheWay() {
    assertThat(verifier.verify(with(signedByAnn(), "x-forwarded-for", List.of("10.0.0.1"))))
        .isNotNull();
  }

  @Test
  void anUnsignedRequestIsToldToSign() {
    SignedRequest request = with(signedByAnn(), "authorization", List.of());
    assertThat(codeOf(verifier, request)).isEqualTo("MissingAuthenticationToken 403");
  }

  @Test
  void everyChangeOfWhatIsSignedIsNoticed() {
    SignedRequest r = signedByAnn();
    String mismatch = "SignatureDoesNotMatch 403";
    assertThat(codeOf(verifier, withQuery(r, q -> "Action=TerminateInstances")))
        .isEqualTo(mismatch);
    assertThat(codeOf(verifier, with(r, "host", List.of("elsewhere")))).isEqualTo(mismatch);
    assertThat(codeOf(verifier, with(r, "content-type", List.of("text/plain"))))
        .isEqualTo(mismatch);
    assertThat(codeOf(verifier, with(r, "x-spaces", List.of("a b c", "d")))).isEqualTo(mismatch);
    assertThat(codeOf(verifier, with(r, "x-amz-date", List.of("20260301T120001Z"))))
        .isEqualTo(mismatch);
    assertThat(
            codeOf(
                verifier,
                new SignedRequest("PUT", r.rawPath(), r.rawQuery(), r.headers(), r.bodySha256())))
        .isEqualTo(mismatch);
    assertThat(
            codeOf(
                verifier,
                new SignedRequest(r.method(), "/x", r.rawQuery(), r.headers(), r.bodySha256())))
        .isEqualTo(mismatch);
    for (String body : List.of("", BODY + "&DryRun=false")) {
      SignedRequest other =
          SignedRequest.of(
              r.method(),
              r.rawPath(),
              r.rawQuery(),
              r.headers(),
              body.getBytes(StandardCharsets.UTF_8));
      assertThat(codeOf(verifier, other)).isEqualTo(mismatch);
      assertThat(codeOf(verifier, with(other, "x-amz-content-sha256", List.of(other.bodySha256()))))
          .isEqualTo(mismatch);
    }
    assertThat(codeOf(verifier, withAuthorization(r, a -> a.replace("home-1", "home-2"))))
        .isEqualTo(mismatch);
    assertThat(codeOf(verifier, withAuthorization(r, a -> a.replace("/ec2/", "/iam/"))))
        .isEqualTo(mismatch);
    assertThat(codeOf(verifier, withAuthorization(r, a -> a.replace("x-amz-date;", ""))))
        .isEqualTo(mismatch);
    assertThat(codeOf(verifier, withAuthorization(r, a -> flipLastDigit(a)))).isEqualTo(mismatch);
  }

  private static String flipLastDigit(String text) {
    char last = text.charAt(text.length() - 1);
    return text.substring(0, text.length() - 1) + (last == '0' ? '1' : '0');
  }

  @Test
  void everyChangeOfAPresignedRequestIsNoticed() {
    SignedRequest r =
        ann.presigned("http://h/?Action=GetCallerIdentity&A=%2B", Duration.ofMinutes(1));
    String mismatch = "SignatureDoesNotMatch 403";
    assertThat(codeOf(verifier, withQuery(r, q -> q.replace("GetCallerIdentity", "GetSession"))))
        .isEqualTo(mismatch);
    assertThat(codeOf(verifier, withQuery(r, q -> q + "&DryRun=true"))).isEqualTo(mismatch);
    assertThat(codeOf(verifier, withQuery(r, q -> q.replace("A=%2B", "A=+")))).isEqualTo(mismatch);
    assertThat(codeOf(verifier, withQuery(r, q -> q.replace("Expires=60", "Expires=61"))))
        .isEqualTo(mismatch);
    assertThat(codeOf(verifier, with(r, "host", List.of("other")))).isEqualTo(mismatch);
    assertThat(codeOf(verifier, withQuery(r, SigV4VerifierTest::flipSignature)))
        .isEqualTo(mismatch);
    SignedRequest withBody =
        SignedRequest.of("GET", r.rawPath(), r.rawQuery(), r.headers(), new byte[] {1});
    assertThat(codeOf(verifier, withBody)).isEqualTo(mismatch);
  }

  private static String flipSignature(String query) {
    int at = query.indexOf("X-Amz-Signature=") + "X-Amz-Signature=".length();
    return query.substring(0, at) + (query.charAt(at) == '0' ? '1' : '0') + query.substring(at + 1);
  }

  @Test
  void anUnknownKeyIsNotAnAccount() {
    SdkSigner stranger =
        new SdkSigner(
            AwsCredentialsIdentity.create("AKIASTRANGER", SECRET),
            Clock.fixed(NOW, ZoneOffset.UTC));
    assertThat(codeOf(verifier, stranger.inHeader("http://h/", Map.of(), BODY)))
        .isEqualTo("AuthFailure 401");
  }

  @Test
  void aWrongSecretDoesNotMatch() {
    SdkSigner forger =
        new SdkSigner(
            AwsCredentialsIdentity.create("AKIDEXAMPLE", "guess"),
            Clock.fixed(NOW, ZoneOffset.UTC));
    assertThat(codeOf(verifier, forger.inHeader("http://h/", Map.of(), BODY)))
        .isEqualTo("SignatureDoesNotMatch 403");
  }

  @Test
  void temporaryCredentialsNeedTheirOwnSignedToken() {
    SignedRequest r = role.inHeader("http://h/", Map.of(), BODY);
    assertThat(codeOf(verifier, with(r, "x-amz-security-token", List.of("another"))))
        .isEqualTo("AuthFailure 401");
    assertThat(codeOf(verifier, with(r, "x-amz-security-token", List.of())))
        .isEqualTo("AuthFailure 401");
    assertThat(codeOf(verifier, with(r, "x-amz-security-token", List.of(TOKEN, TOKEN))))
        .isEqualTo("IncompleteSignature 400");
    SdkSigner withoutToken =
        new SdkSigner(
            AwsCredentialsIdentity.create("ASIATEMP", "temporary/secret"),
            Clock.fixed(NOW, ZoneOffset.UTC));
    SignedRequest bare = withoutToken.inHeader("http://h/", Map.of(), BODY);
    assertThat(codeOf(verifier, bare)).isEqualTo("AuthFailure 401");
    // the right token, added after signing
    assertThat(codeOf(verifier, with(bare, "x-amz-security-token", List.of(TOKEN))))
        .isEqualTo("IncompleteSignature 400");
  }

  @Test
  void lastingCredentialsTakeNoToken() {
    SdkSigner confused =
        new SdkSigner(
            AwsSessionCredentialsIdentity.create("AKIDEXAMPLE", SECRET, TOKEN),
            Clock.fixed(NOW, ZoneOffset.UTC));
    assertThat(codeOf(verifier, confused.inHeader("http://h/", Map.of(), BODY)))
        .isEqualTo("AuthFailure 401");
  }

  @ParameterizedTest
  @CsvSource({"-301, false", "-300, true", "0, true", "300, true", "301, false"})
  void aHeaderSignatureIsGoodForFiveMinutesEachSide(long seconds, boolean good) {
    SigV4Verifier<String> then = verifierAt(NOW.plusSeconds(seconds));
    if (good) {
      assertThat(then.verify(signedByAnn())).isNotNull();
    } else {
      assertThat(codeOf(then, signedByAnn())).isEqualTo("RequestExpired 400");
    }
  }

  @ParameterizedTest
  @CsvSource({"-301, false", "-300, true", "60, true", "61, false"})
  void aPresignedRequestIsGoodUntilItExpires(long seconds, boolean good) {
    SignedRequest request = ann.presigned("http://h/?Action=A", Duration.ofSeconds(60));
    SigV4Verifier<String> then = verifierAt(NOW.plusSeconds(seconds));
    if (good) {
      assertThat(then.verify(request)).isNotNull();
    } else {
      assertThat(codeOf(then, request)).isEqualTo("RequestExpired 400");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "0", "-1", "604801", "99999999999999999999", "1e3", "+60", "６０", "x"})
  void impossibleLifetimesAreRefused(String expires) {
    SignedRequest r = ann.presigned("http://h/?Action=A", Duration.ofSeconds(60));
    String encoded = URLEncoder.encode(expires, StandardCharsets.UTF_8);
    assertThat(codeOf(verifier, withQuery(r, q -> q.replace("Expires=60", "Expires=" + encoded))))
        .isEqualTo("IncompleteSignature 400");
  }

  @Test
  void anAmbiguousClaimIsRefused() {
    String incomplete = "IncompleteSignature 400";
    SignedRequest header = signedByAnn();
    SignedRequest presigned = ann.presigned("http://h/?Action=A", Duration.ofSeconds(60));
    String authorization = header.headers().get("authorization").getFirst();

    assertThat(codeOf(verifier, with(presigned, "authorization", List.of(authorization))))
        .isEqualTo(incomplete);
    assertThat(
            codeOf(verifier, with(header, "authorization", List.of(authorization, authorization))))
        .isEqualTo(incomplete);
    for (String extra :
        List.of(
            "X-Amz-Date=20260301T120000Z",
            "x-amz-date=20260301T120000Z",
            "X-Amz-Security%2dToken=t&X-Amz-Security-Token=u",
            "X-Amz-Surprise=1")) {
      assertThat(codeOf(verifier, withQuery(presigned, q -> q + "&" + extra)))
          .isEqualTo(incomplete);
    }
    assertThat(codeOf(verifier, with(header, "x-amz-date", List.of()))).isEqualTo(incomplete);
    assertThat(
            codeOf(
                verifier,
                with(header, "x-amz-date", List.of("20260301T120000Z", "20260301T120000Z"))))
        .isEqualTo(incomplete);
    assertThat(codeOf(verifier, with(header, "host", List.of("a", "b")))).isEqualTo(incomplete);
    assertThat(codeOf(verifier, with(header, "x-spaces", List.of()))).isEqualTo(incomplete);
  }

  @Test
  void aMalformedClaimIsRefused() {
    String incomplete = "IncompleteSignature 400";
    SignedRequest r = signedByAnn();
    List<UnaryOperator<String>> changes =
        List.of(
            a -> a.replace("AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256"),
            a -> a.replace("AWS4-HMAC-SHA256 ", "AWS AKIDEXAMPLE:"),
            a -> a.replace("/aws4_request", ""),
            a -> a.replace("/aws4_request", "/aws4_request/x"),
            a -> a.replace("/ec2/", "/E C2/"),
            a -> a.replace("/20260301/", "/20260302/"),
            a -> a.replace("Signature=", "Signatur="),
            a -> a.replace("Signature=", "Signature=00"),
            a -> a + ", Signature=0",
            a -> a.replace("SignedHeaders=", "SignedHeaders=zz;"),
            a -> a.replace("host;", ""),
            a -> a.replace("host;", "Host;"),
            a -> a.replace("host;", "host;host;"),
            a -> a.replaceAll("SignedHeaders=[^,]*", "SignedHeaders="),
            a -> a.replaceAll("Credential=[^,]*,", ""));
    for (UnaryOperator<String> change : changes) {
      assertThat(codeOf(verifier, withAuthorization(r, change))).isEqualTo(incomplete);
    }
    for (String date : List.of("", "yesterday", "20260301T250000Z", "2026-03-01T12:00:00Z")) {
      assertThat(codeOf(verifier, with(r, "x-amz-date", List.of(date)))).isEqualTo(incomplete);
    }
    SignedRequest presigned = ann.presigned("http://h/?Action=A", Duration.ofSeconds(60));
    for (String parameter :
        List.of("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature")) {
      assertThat(
              codeOf(
                  verifier,
                  withQuery(presigned, q -> q.replaceAll("X-Amz-" + parameter + "=[^&]*", ""))))
          .as(parameter)
          .isEqualTo(incomplete);
    }
    assertThat(codeOf(verifier, withQuery(presigned, q -> q + "&a=%zz")))
        .isEqualTo("MalformedQueryString 400");
  }

  @Test
  void payloadsThatNobodySignedAreRefused() {
    for (String declared : List.of("UNSIGNED-PAYLOAD", "STREAMING-AWS4-HMAC-SHA256-PAYLOAD")) {
      SignedRequest r = with(signedByAnn(), "x-amz-content-sha256", List.of(declared));
      assertThat(codeOf(verifier, r)).isEqualTo("SignatureDoesNotMatch 403");
    }
  }

  @Test
  void theServiceCanBePeekedAtBeforeAnythingIsBelieved() {
    assertThat(SigV4Verifier.peekService(signedByAnn())).contains("ec2");
    assertThat(
            SigV4Verifier.peekService(ann.presigned("http://h/?Action=A", Duration.ofSeconds(60))))
        .contains("sts");
    assertThat(SigV4Verifier.peekService(with(signedByAnn(), "authorization", List.of())))
        .isEmpty();
    assertThat(SigV4Verifier.peekService(with(signedByAnn(), "authorization", List.of("AWS4"))))
        .isEmpty();
  }

  @Test
  void aKeyStoreMaySayMore() {
    SigV4Verifier<String> expired =
        new SigV4Verifier<>(
            _ -> {
              throw new WireException("ExpiredToken", 403, "The security token has expired.");
            },
            Clock.fixed(NOW, ZoneOffset.UTC));
    assertThat(codeOf(expired, signedByAnn())).isEqualTo("ExpiredToken 403");
  }

  @Test
  void aSecretIsNeverPrinted() {
    assertThat(KEYS.toString()).contains("ann").doesNotContain(SECRET, TOKEN);
  }

  /** Random damage to good requests: refused in AWS's words, or harmless; never anything else. */
  @Test
  void randomDamageNeverSurprises() {
    Random random = new Random(4);
    List<SignedRequest> good =
        List.of(
            signedByAnn(),
            role.inHeader("http://h/", Map.of(), BODY),
            role.presigned("http://h/?Action=A&B=c", Duration.ofSeconds(60)));
    int refused = 0;
    for (int n = 0; n < 20_000; n++) {
      SignedRequest r = good.get(n % good.size());
      Map<String, List<String>> headers = new HashMap<>();
      r.headers()
          .forEach(
              (name, values) -> {
                List<String> damaged = new ArrayList<>(values);
                damaged.replaceAll(v -> random.nextInt(8) == 0 ? damage(v, random) : v);
                headers.put(random.nextInt(50) == 0 ? damage(name, random) : name, damaged);
              });
      String query = random.nextBoolean() ? damage(r.rawQuery(), random) : r.rawQuery();
      String path = random.nextInt(5) == 0 ? damage(r.rawPath(), random) : r.rawPath();
      SignedRequest bad = new SignedRequest(r.method(), path, query, headers, r.bodySha256());
      try {
        verifier.verify(bad);
      } catch (WireException e) {
        refused++;
      }
    }
    assertThat(refused).isGreaterThan(10_000);
  }

  private static String damage(String text, Random random) {
    StringBuilder damaged = new StringBuilder(text);
    for (int n = random.nextInt(1, 4); n > 0; n--) {
      int at = random.nextInt(damaged.length() + 1);
      String odd = "%=&;,/+ \t\0éX-Amz-Date=0\uD800";
      switch (random.nextInt(3)) {
        case 0 -> damaged.insert(at, odd.charAt(random.nextInt(odd.length())));
        case 1 -> damaged.delete(at, Math.min(damaged.length(), at + random.nextInt(12)));
        default -> damaged.insert(at, text);
      }
    }
    return damaged.toString();
  }
}
