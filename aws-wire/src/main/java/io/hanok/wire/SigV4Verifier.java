package io.hanok.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Verifies AWS Signature Version 4: that a request comes from the holder of a secret, is whole, and
 * is fresh.
 *
 * <p>The checks, in order: the claim is well formed and made once; the key is known; the session
 * token is the key's own, and signed; the time is near; the body is the one declared; the host is
 * signed; and last, in constant time, the signature itself. Payloads that are not signed ({@code
 * UNSIGNED-PAYLOAD}, streaming) are refused, as the query services refuse them.
 *
 * @param <P> the type of the principals that keys belong to
 */
public final class SigV4Verifier<P> {
  /**
   * How far the caller's clock may be from ours: "in most cases, a request must reach AWS within
   * five minutes of the time stamp in the request" (IAM User Guide, <a
   * href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html">Signing AWS API
   * requests</a>).
   */
  static final Duration SKEW = Duration.ofMinutes(5);

  private final Function<String, Optional<SigningKey<P>>> keys;
  private final Clock clock;

  /**
   * A verifier over a store of keys.
   *
   * @param keys finds the secret of an access key id; empty for a key that does not exist or is
   *     inactive. It may throw {@link WireException} to say more, as of an expired token.
   */
  public SigV4Verifier(Function<String, Optional<SigningKey<P>>> keys, Clock clock) {
    this.keys = keys;
    this.clock = clock;
  }

  /**
   * The service that the request claims to be signed for, read without verifying anything: good for
   * choosing a dialect to answer in, and for nothing else.
   */
  public static Optional<String> peekService(SignedRequest request) {
    try {
      return Optional.of(SignatureClaim.of(request).scope().service());
    } catch (WireException e) {
      return Optional.empty();
    }
  }

  /**
   * Verifies a request.
   *
   * @throws WireException {@code MissingAuthenticationToken} (403), {@code IncompleteSignature}
   *     (400), {@code AuthFailure} (401), {@code RequestExpired} (400), {@code
   *     SignatureDoesNotMatch} (403) or {@code MalformedQueryString} (400)
   */
  public Verified<P> verify(SignedRequest request) {
    SignatureClaim claim = SignatureClaim.of(request);
    CredentialScope scope = claim.scope();
    SigningKey<P> key =
        keys.apply(scope.accessKeyId())
            .orElseThrow(
                () ->
                    WireException.authFailure(
                        "AWS was not able to validate the provided access credentials. Check that"
                            + " the access key id exists and is active."));
    requireToken(claim, key);
    requireFresh(claim);
    requireSigned(claim, request);
    String stringToSign =
        String.join(
            "\n",
            SignatureClaim.ALGORITHM,
            claim.timestamp(),
            scope.signedPart(),
            Hmac.sha256Hex(
                CanonicalRequest.text(request, claim.signedHeaders())
                    .getBytes(StandardCharsets.UTF_8)));
    if (!same(Hmac.signature(key.secret(), scope, stringToSign), claim.signature())) {
      throw WireException.signatureDoesNotMatch(
          "The request signature we calculated does not match the signature you provided. Check"
              + " your AWS Secret Access Key and signing method.");
    }
    return new Verified<>(scope.accessKeyId(), scope.region(), scope.service(), key.principal());
  }

  private void requireToken(SignatureClaim claim, SigningKey<P> key) {
    String wanted = key.sessionToken();
    String sent = claim.sessionToken();
    if (wanted == null ? sent != null : sent == null || !same(wanted, sent)) {
      throw WireException.authFailure(
          "The security token does not belong to the access key. Send X-Amz-Security-Token with"
              + " temporary credentials, exactly as issued, and with no others.");
    }
  }

  private void requireFresh(SignatureClaim claim) {
    Instant now = clock.instant();
    Instant last = claim.at().plus(claim.expires() == null ? SKEW : claim.expires());
    if (now.isBefore(claim.at().minus(SKEW)) || now.isAfter(last)) {
      throw WireException.requestExpired(
          "Request has expired. It was signed at %s and was good until %s; the time here is %s."
                  .formatted(claim.at(), last, now)
              + " Check your clock and sign again.");
    }
  }

  private static void requireSigned(SignatureClaim claim, SignedRequest request) {
    if (!claim.signedHeaders().contains("host")) {
      throw WireException.incompleteSignature("SignedHeaders must include host.");
    }
    if (request.header("host").size() != 1) {
      throw WireException.incompleteSignature("The request must have exactly one Host header.");
    }
    if (!request.header(SignatureClaim.TOKEN_HEADER).isEmpty()
        && !claim.signedHeaders().contains(SignatureClaim.TOKEN_HEADER)) {
      throw WireException.incompleteSignature(
          "X-Amz-Security-Token is sent as a header, so SignedHeaders must include it.");
    }
    List<String> declared = request.header("x-amz-content-sha256");
    if (declared.stream().anyMatch(hash -> !hash.strip().equals(request.bodySha256()))) {
      throw WireException.signatureDoesNotMatch(
          "The body received does not have the hash given in X-Amz-Content-Sha256. Sign the whole"
              + " payload.");
    }
  }

  private static boolean same(String a, String b) {
    return MessageDigest.isEqual(
        a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));
  }
}
