package io.hanok.wire;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.regions.Region;

/**
 * The SDK's own client of a service, whose network is this object: it keeps the form that the
 * client sends and answers what it was told to.
 */
final class RealClient {
  private final Object client;

  /** By the stem of the request's class name. */
  private final Map<String, Method> methods = new TreeMap<>();

  private String sent = "";
  private int status = 200;
  private String answer = "";

  RealClient(AwsService service) throws ReflectiveOperationException {
    String sdkPackage = service.modelPackage().replaceAll("\\.model$", "");
    Class<?> type = Class.forName(sdkPackage + "." + clientName(service));
    AwsClientBuilder<?, ?> builder =
        (AwsClientBuilder<?, ?>) type.getMethod("builder").invoke(null);
    builder
        .region(Region.of("home-1"))
        .endpointOverride(URI.create("http://127.0.0.1:1"))
        .overrideConfiguration(
            c ->
                c.retryStrategy(r -> r.maxAttempts(1))
                    .compressionConfiguration(z -> z.requestCompressionEnabled(false)))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIATEST", "secret")));
    ((AwsSyncClientBuilder<?, ?>) builder).httpClient(new Network());
    client = builder.build();
    for (Method method : type.getMethods()) {
      if (method.getParameterCount() == 1
          && method.getParameterTypes()[0].getSimpleName().endsWith("Request")
          && method.getReturnType().getSimpleName().endsWith("Response")) {
        methods.put(
            method.getParameterTypes()[0].getSimpleName().replaceAll("Request$", ""), method);
      }
    }
  }

  private static String clientName(AwsService service) {
    return switch (service.signingName()) {
      case "ec2" -> "Ec2Client";
      case "sts" -> "StsClient";
      case "iam" -> "IamClient";
      case "elasticloadbalancing" -> "ElasticLoadBalancingV2Client";
      case "autoscaling" -> "AutoScalingClient";
      case "monitoring" -> "CloudWatchClient";
      default -> throw new IllegalArgumentException(service.signingName());
    };
  }

  Map<String, Method> methods() {
    return methods;
  }

  /** The form that the client sent last. */
  String sent() {
    return sent;
  }

  /** Sends the request and returns what the client made of the answer. */
  SdkPojo call(Method method, SdkPojo request, int status, String answer) throws Throwable {
    this.status = status;
    this.answer = answer;
    try {
      return (SdkPojo) method.invoke(client, request);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private final class Network implements SdkHttpClient {
    @Override
    public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
      return new ExecutableHttpRequest() {
        @Override
        public HttpExecuteResponse call() throws IOException {
          sent = "";
          if (request.contentStreamProvider().isPresent()) {
            try (var body = request.contentStreamProvider().get().newStream()) {
              sent = new String(body.readAllBytes(), StandardCharsets.UTF_8);
            }
          }
          return HttpExecuteResponse.builder()
              .response(
                  SdkHttpResponse.builder()
                      .statusCode(status)
                      .putHeader("Content-Type", "text/xml")
                      .build())
              .responseBody(
                  AbortableInputStream.create(
                      new ByteArrayInputStream(answer.getBytes(StandardCharsets.UTF_8))))
              .build();
        }

        @Override
        public void abort() {}
      };
    }

    @Override
    public void close() {}
  }
}
