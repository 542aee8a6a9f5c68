package io.hanok.e2e.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.Callable;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.ProxyConfiguration;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Filter;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The running stack that the stories are told of: its endpoint, its first account, and what lies
 * behind it on this host, for looking at what the API does not show.
 *
 * <p>Everything is found from two variables: {@code HANOK_STATE}, the state directory of a stack
 * that {@code ./hanok up} started in this network namespace, and {@code HANOK_SOURCE}, the clone.
 */
public final class Stack {
  /** The components, in the order in which they start. */
  public static final List<String> COMPONENTS =
      List.of(
          "postgres",
          "libvirtd",
          "control-plane",
          "storage-agent",
          "network-agent",
          "compute-agent");

  private final Path state;
  private final Path source;
  private final Properties settings;
  private final AccountKey main;

  private Stack(Path state, Path source) {
    this.state = state;
    this.source = source;
    this.settings = properties(state.resolve("etc/hanok.conf"));
    Properties key = properties(state.resolve("control-plane/credentials"));
    this.main =
        new AccountKey(
            key.getProperty("account"),
            key.getProperty("aws_access_key_id"),
            key.getProperty("aws_secret_access_key"));
  }

  /** The stack that this run of the tests was given. */
  public static Stack running() {
    return new Stack(variable("HANOK_STATE"), variable("HANOK_SOURCE"));
  }

  private static Path variable(String name) {
    String value = System.getenv(name);
    if (value == null || value.isEmpty()) {
      throw new IllegalStateException(
          name + " is not set: these tests need a running stack; start them by ./hanok test");
    }
    return Path.of(value);
  }

  private static Properties properties(Path file) {
    try (var in = Files.newBufferedReader(file)) {
      Properties properties = new Properties();
      properties.load(in);
      return properties;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The state directory. */
  public Path state() {
    return state;
  }

  public URI endpoint() {
    return URI.create("http://127.0.0.1:" + settings.getProperty("HANOK_API_PORT"));
  }

  public String region() {
    return settings.getProperty("HANOK_REGION");
  }

  public String zone() {
    return settings.getProperty("HANOK_ZONE");
  }

  /** The operator's account, which is the first. */
  public AccountKey main() {
    return main;
  }

  /** A client of the first account. */
  public Ec2Client ec2() {
    return ec2(main);
  }

  /** A client of an account. */
  public Ec2Client ec2(AccountKey key) {
    return Ec2Client.builder()
        .endpointOverride(endpoint())
        .region(Region.of(region()))
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create(key.id(), key.secret())))
        .httpClientBuilder(
            UrlConnectionHttpClient.builder()
                .proxyConfiguration(
                    ProxyConfiguration.builder()
                        .useSystemPropertyValues(false)
                        .useEnvironmentVariablesValues(false)
                        .build()))
        .build();
  }

  /** The image that boots in seconds. */
  public String tinyImage() {
    return image("hanok-tiny");
  }

  /** An image by its name. */
  public String image(String name) {
    try (Ec2Client ec2 = ec2()) {
      return ec2.describeImages(
              r -> r.owners("self").filters(Filter.builder().name("name").values(name).build()))
          .images()
          .getFirst()
          .imageId();
    }
  }

  /** Makes another account, which is no operator. */
  public AccountKey createAccount(String name) {
    JsonNode made = api("POST", "/v1/accounts", "{\"name\":\"" + name + "\"}");
    return new AccountKey(
        made.path("accountId").asString(),
        made.path("accessKeyId").asString(),
        made.path("secretAccessKey").asString());
  }

  /** A call of the operators' own API; anything but success fails the test. */
  public JsonNode api(String method, String path, String body) {
    String answer =
        Commands.run(
                "curl",
                "--silent",
                "--show-error",
                "--fail-with-body",
                "--noproxy",
                "*",
                "--request",
                method,
                "--aws-sigv4",
                "aws:amz:" + region() + ":hanok",
                "--user",
                main.id() + ":" + main.secret(),
                "--header",
                "Content-Type: application/json",
                "--data-binary",
                body,
                endpoint() + path)
            .text();
    return JsonMapper.shared().readTree(answer);
  }

  /** Runs {@code ./hanok} with this stack's state. */
  public Output hanok(String... arguments) {
    List<String> command = new ArrayList<>(List.of(source.resolve("hanok").toString()));
    command.addAll(List.of(arguments));
    return Commands.run(Map.of("HANOK_STATE", state.toString()), command, Duration.ofMinutes(5));
  }

  /** What a query answers: one line a row, columns separated by {@code |}. */
  public List<String> sql(String query) {
    return Commands.run(
            "setpriv",
            "--reuid=hanok-db",
            "--regid=hanok-db",
            "--clear-groups",
            "psql",
            "--host=" + state.resolve("run/postgres"),
            "--port=" + settings.getProperty("HANOK_DATABASE_PORT"),
            "--username=hanok-db",
            "--dbname=hanok",
            "--no-psqlrc",
            "--quiet",
            "--tuples-only",
            "--no-align",
            "--set=ON_ERROR_STOP=1",
            "--command=" + query)
        .text()
        .lines()
        .toList();
  }

  /** A command of virsh to the daemon of this stack. */
  public String virsh(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "virsh",
                "--quiet",
                "--connect",
                "qemu:///system?socket=" + state.resolve("libvirt/run/libvirt-sock")));
    command.addAll(List.of(arguments));
    return Commands.run(Map.of(), command).text();
  }

  /** The network namespace of a VPC's router. */
  public static String namespace(String vpcId) {
    return "hanok-" + vpcId;
  }

  /** Runs a program in the namespace of a VPC's router. */
  public static Output inVpc(String vpcId, String... command) {
    List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace(vpcId)));
    whole.addAll(List.of(command));
    return Commands.run(Map.of(), whole);
  }

  /** The process of a component, if it runs. */
  public OptionalLong pid(String component) {
    try {
      String text =
          Files.readString(state.resolve("services").resolve(component).resolve("supervise/pid"))
              .strip();
      return text.isEmpty() || !Files.exists(Path.of("/proc", text))
          ? OptionalLong.empty()
          : OptionalLong.of(Long.parseLong(text));
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  /**
   * Kills a component with SIGKILL. Its supervisor starts it again.
   *
   * @return the process that is no more
   */
  public long kill(String component) {
    long pid = pid(component).orElseThrow(() -> new AssertionError(component + " does not run"));
    Commands.run("kill", "-KILL", Long.toString(pid)).text();
    return pid;
  }

  /** Waits until {@code ./hanok status} finds every component healthy. */
  public void awaitHealthy() {
    await(
        "every component to be healthy",
        Duration.ofSeconds(120),
        () -> hanok("status").succeeded());
  }

  /**
   * Waits for something that will come; an exception on the way counts as not yet, and the last one
   * is told if it never comes.
   */
  public static void await(String what, Duration patience, Callable<Boolean> condition) {
    long deadline = System.nanoTime() + patience.toNanos();
    Throwable last = null;
    do {
      try {
        if (condition.call()) {
          return;
        }
        last = null;
        Thread.sleep(100);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while waiting for " + what, e);
      } catch (Exception | AssertionError e) {
        last = e;
      }
    } while (System.nanoTime() < deadline);
    throw new AssertionError("not within " + patience + ": " + what, last);
  }
}
