package io.hanok.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.e2e.support.AwsCli;
import io.hanok.e2e.support.Commands;
import io.hanok.e2e.support.Guest;
import io.hanok.e2e.support.Output;
import io.hanok.e2e.support.Stack;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/** The same short life of a guest, by each client that people have: every CLI here, and boto3. */
@Order(5)
class ClientsTest {
  private final Stack stack = Stack.running();

  static List<Path> everyCli() {
    return AwsCli.installed();
  }

  @ParameterizedTest
  @MethodSource("everyCli")
  void aCliLaunchesFindsAndTerminates(Path program) {
    AwsCli aws = new AwsCli(stack, stack.main(), program);
    assertThat(aws.json("sts", "get-caller-identity").path("Account").asString())
        .isEqualTo(stack.main().accountId());
    String id =
        aws.json(
                "ec2",
                "run-instances",
                "--image-id",
                stack.tinyImage(),
                "--instance-type",
                "t3.nano",
                "--user-data",
                "#!/bin/sh\ntrue\n",
                "--tag-specifications",
                "ResourceType=instance,Tags=[{Key=Name,Value=of the CLI}]")
            .path("Instances")
            .path(0)
            .path("InstanceId")
            .asString();
    try {
      Stack.await(
          id + " to run", Guest.BOOT, () -> state(aws, id, "--instance-ids", id).equals("running"));
      assertThat(
              state(
                  aws,
                  id,
                  "--filters",
                  "Name=tag:Name,Values=of the*",
                  "Name=instance-state-name,Values=running"))
          .isEqualTo("running");
      assertThat(
              aws.run("ec2", "describe-instances", "--instance-ids", id, "--output", "text").text())
          .contains(id);
      Output refused =
          aws.run("ec2", "describe-instances", "--instance-ids", "i-0123456789abcdef0");
      assertThat(refused.succeeded()).isFalse();
      assertThat(refused.err()).contains("(InvalidInstanceID.NotFound)");
    } finally {
      JsonNode change =
          aws.json("ec2", "terminate-instances", "--instance-ids", id)
              .path("TerminatingInstances")
              .path(0);
      assertThat(change.path("InstanceId").asString()).isEqualTo(id);
    }
    Stack.await(
        id + " to be terminated",
        Guest.BOOT,
        () -> state(aws, id, "--instance-ids", id).equals("terminated"));
  }

  private static String state(AwsCli aws, String id, String... choice) {
    String[] command = new String[choice.length + 2];
    command[0] = "ec2";
    command[1] = "describe-instances";
    System.arraycopy(choice, 0, command, 2, choice.length);
    return aws.json(command)
        .path("Reservations")
        .valueStream()
        .flatMap(r -> r.path("Instances").valueStream())
        .filter(i -> i.path("InstanceId").asString().equals(id))
        .map(i -> i.path("State").path("Name").asString())
        .findFirst()
        .orElse("not listed");
  }

  @Test
  void botoLaunchesFindsAndTerminates() throws URISyntaxException {
    Path script = Path.of(ClientsTest.class.getResource("/boto.py").toURI());
    Output output =
        Commands.run(
            AwsCli.of(stack).environment(),
            List.of(
                "/usr/bin/python3",
                script.toString(),
                stack.endpoint().toString(),
                stack.tinyImage()));
    assertThat(output.text().lines())
        .containsExactly("pending", "running", "InvalidInstanceID.NotFound", "terminated");
  }
}
