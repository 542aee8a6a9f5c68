package io.hanok.control;

import io.hanok.control.identity.Accounts;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/** Calls of the native door, signed as the hanok command signs. */
public final class NativeDoor {
  private NativeDoor() {}

  /**
   * Calls, signed unless nobody calls.
   *
   * @param who whose access key signs, or null
   * @param body JSON, or empty
   */
  public static HttpResponse<String> call(
      int port, Accounts.Credentials who, String method, String path, String body)
      throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    var plain = HttpRequest.newBuilder(uri);
    if (who != null) {
      var signed =
          AwsV4HttpSigner.create()
              .sign(
                  r ->
                      r.identity(
                              AwsCredentialsIdentity.create(
                                  who.accessKeyId(), who.secretAccessKey()))
                          .request(
                              SdkHttpRequest.builder()
                                  .uri(uri)
                                  .method(SdkHttpMethod.fromValue(method))
                                  .build())
                          .payload(() -> new java.io.ByteArrayInputStream(bytes))
                          .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "hanok")
                          .putProperty(AwsV4HttpSigner.REGION_NAME, "home-1"));
      signed
          .request()
          .headers()
          .forEach(
              (name, values) -> {
                if (!Set.of("host", "content-length")
                    .contains(name.toLowerCase(java.util.Locale.ROOT))) {
                  values.forEach(v -> plain.header(name, v));
                }
              });
    }
    if (bytes.length > 0) {
      plain.header("Content-Type", "application/json");
    }
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(
          plain
              .method(
                  method,
                  bytes.length == 0
                      ? HttpRequest.BodyPublishers.noBody()
                      : HttpRequest.BodyPublishers.ofByteArray(bytes))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }
}
