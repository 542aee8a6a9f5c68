package io.hanok.e2e.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The AWS CLI as a user of this stack has it, whatever this machine's own settings are. */
public final class AwsCli {
  private final Stack stack;
  private final AccountKey key;
  private final Path program;

  public AwsCli(Stack stack, AccountKey key, Path program) {
    this.stack = stack;
    this.key = key;
    this.program = program;
  }

  /** The distribution's CLI, as the first account. */
  public static AwsCli of(Stack stack) {
    return new AwsCli(stack, stack.main(), Path.of("/usr/bin/aws"));
  }

  /** Each CLI that is installed here: the distribution's, and another that comes first by name. */
  public static List<Path> installed() {
    List<Path> found = new ArrayList<>();
    for (String directory : ("/usr/bin:" + System.getenv("PATH")).split(":")) {
      Path program = Path.of(directory, "aws");
      if (Files.isExecutable(program) && found.stream().noneMatch(one -> isSame(one, program))) {
        found.add(program);
      }
    }
    return found;
  }

  private static boolean isSame(Path one, Path other) {
    try {
      return Files.isSameFile(one, other);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs a command, for example {@code ec2 describe-vpcs}. */
  public Output run(String... arguments) {
    List<String> command =
        new ArrayList<>(List.of(program.toString(), "--endpoint-url", stack.endpoint().toString()));
    command.addAll(List.of(arguments));
    return Commands.run(environment(), command);
  }

  /** The answer of a command that succeeds. */
  public JsonNode json(String... arguments) {
    List<String> command = new ArrayList<>(List.of(arguments));
    command.addAll(List.of("--output", "json"));
    return JsonMapper.shared().readTree(run(command.toArray(String[]::new)).text());
  }

  /** Variables that make any AWS client a client of this stack. */
  public Map<String, String> environment() {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("AWS_CONFIG_FILE", "/dev/null");
    environment.put("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    environment.put("AWS_ACCESS_KEY_ID", key.id());
    environment.put("AWS_SECRET_ACCESS_KEY", key.secret());
    environment.put("AWS_DEFAULT_REGION", stack.region());
    environment.put("AWS_EC2_METADATA_DISABLED", "true");
    environment.put("AWS_ENDPOINT_URL", stack.endpoint().toString());
    environment.put("AWS_PAGER", "");
    environment.put("NO_PROXY", "*");
    return environment;
  }
}
