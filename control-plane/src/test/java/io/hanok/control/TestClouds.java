package io.hanok.control;

import io.hanok.control.identity.Accounts;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.sts.StsClient;

/** Real SDK clients of a control plane under test. */
public final class TestClouds {
  private TestClouds() {}

  /** EC2 as an account sees it. */
  public static Ec2Client ec2(int port, Accounts.Credentials credentials) {
    return Ec2Client.builder()
        .applyMutation(b -> configure(b, port, credentials))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  /** STS as an account sees it. */
  public static StsClient sts(int port, Accounts.Credentials credentials) {
    return StsClient.builder()
        .applyMutation(b -> configure(b, port, credentials))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  private static void configure(
      AwsClientBuilder<?, ?> builder, int port, Accounts.Credentials credentials) {
    builder
        .endpointOverride(URI.create("http://127.0.0.1:" + port))
        .region(Region.of("home-1"))
        .overrideConfiguration(
            c ->
                c.retryStrategy(
                    (java.util.function.Consumer<
                            software.amazon.awssdk.retries.api.RetryStrategy.Builder<?, ?>>)
                        r -> r.maxAttempts(1)))
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(
                    credentials.accessKeyId(), credentials.secretAccessKey())));
  }
}
