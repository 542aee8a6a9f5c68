package io.hanok.wire;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The AWS services whose language Hanok speaks.
 *
 * <p>The operations of each are listed in {@code operations/SIGNING-NAME.txt} beside this class,
 * one to a line: the wire name, and the stem of the SDK's class names where it is spelled
 * otherwise. The round-trip test compares each list with what the SDK's client really sends, and
 * leaves the true list in {@code target/operations} to copy after an upgrade of the SDK.
 */
public final class AwsServices {
  private static final String SDK = "software.amazon.awssdk.services.";

  private static final List<AwsService> ALL =
      List.of(
          service("ec2", WireProtocol.EC2, "ec2", "http://ec2.amazonaws.com/doc/", "2016-11-15"),
          service("sts", WireProtocol.QUERY, "sts", "https://sts.amazonaws.com/doc/", "2011-06-15"),
          service("iam", WireProtocol.QUERY, "iam", "https://iam.amazonaws.com/doc/", "2010-05-08"),
          service(
              "elasticloadbalancing",
              WireProtocol.QUERY,
              "elasticloadbalancingv2",
              "http://elasticloadbalancing.amazonaws.com/doc/",
              "2015-12-01"),
          service(
              "autoscaling",
              WireProtocol.QUERY,
              "autoscaling",
              "http://autoscaling.amazonaws.com/doc/",
              "2011-01-01"),
          service(
              "monitoring",
              WireProtocol.QUERY,
              "cloudwatch",
              "http://monitoring.amazonaws.com/doc/",
              "2010-08-01"));

  private AwsServices() {}

  /** All services, EC2 first. */
  public static List<AwsService> all() {
    return ALL;
  }

  /** The service that a SigV4 credential scope calls by this name. */
  public static Optional<AwsService> bySigningName(String signingName) {
    return ALL.stream().filter(s -> s.signingName().equals(signingName)).findFirst();
  }

  private static AwsService service(
      String signingName, WireProtocol protocol, String sdkPackage, String docs, String version) {
    return new AwsService(
        signingName,
        protocol,
        SDK + sdkPackage + ".model",
        docs + version + "/",
        version,
        operations(signingName));
  }

  private static Map<String, String> operations(String signingName) {
    String resource = "operations/" + signingName + ".txt";
    InputStream in = AwsServices.class.getResourceAsStream(resource);
    if (in == null) {
      throw new IllegalStateException("no resource " + resource);
    }
    Map<String, String> stems = new LinkedHashMap<>();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int space = line.indexOf(' ');
        stems.put(
            space < 0 ? line : line.substring(0, space),
            space < 0 ? line : line.substring(space + 1));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
    return stems;
  }
}
