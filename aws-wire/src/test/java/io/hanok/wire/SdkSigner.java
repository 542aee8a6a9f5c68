package io.hanok.wire;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Signs requests with the SDK's own signer, as the requests a server would receive. */
record SdkSigner(AwsCredentialsIdentity credentials, Clock clock) {

  SignedRequest inHeader(String url, Map<String, String> headers, String body) {
    SdkHttpRequest.Builder request =
        SdkHttpRequest.builder().method(SdkHttpMethod.POST).uri(URI.create(url));
    headers.forEach(request::putHeader);
    return received(
        AwsV4HttpSigner.create()
            .sign(
                r ->
                    r.identity(credentials)
                        .request(request.build())
                        .payload(ContentStreamProvider.fromUtf8String(body))
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "ec2")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "home-1")
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock))
            .request(),
        body);
  }

  SignedRequest presigned(String url, Duration expires) {
    return received(
        AwsV4HttpSigner.create()
            .sign(
                r ->
                    r.identity(credentials)
                        .request(
                            SdkHttpRequest.builder()
                                .method(SdkHttpMethod.GET)
                                .uri(URI.create(url))
                                .build())
                        .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "sts")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, "us-east-1")
                        .putProperty(
                            AwsV4FamilyHttpSigner.AUTH_LOCATION,
                            AwsV4FamilyHttpSigner.AuthLocation.QUERY_STRING)
                        .putProperty(AwsV4FamilyHttpSigner.EXPIRATION_DURATION, expires)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock))
            .request(),
        "");
  }

  private static SignedRequest received(SdkHttpRequest request, String body) {
    return SignedRequest.of(
        request.method().name(),
        request.encodedPath(),
        request.encodedQueryParameters().orElse(""),
        request.headers(),
        body.getBytes(StandardCharsets.UTF_8));
  }
}
