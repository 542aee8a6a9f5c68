package io.hanok.e2e.support;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import software.amazon.awssdk.services.ec2.model.HttpTokensState;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Tag;

/**
 * Three guests from one launch, shared by the stories of a run, since booting is what takes time.
 *
 * <p>A story leaves them running, reachable on port 22, and otherwise as it found them.
 *
 * @param tenant whose they are
 * @param launch what the launch answered
 * @param guests the three, by launch index
 * @param described how they were described when they first ran
 */
public record Trio(
    Tenant tenant, RunInstancesResponse launch, List<Guest> guests, List<Instance> described)
    implements AutoCloseable {
  /** What ran in each of them, as user data. */
  public static final String USER_DATA =
      """
      #!/bin/sh
      id -u >> /root/ran
      """;

  private static Trio launched() {
    Tenant tenant = Tenant.of(Stack.running(), "trio");
    RunInstancesResponse[] answer = new RunInstancesResponse[1];
    List<Guest> guests =
        tenant.launch(
            3,
            r ->
                r.userData(
                        Base64.getEncoder()
                            .encodeToString(USER_DATA.getBytes(StandardCharsets.UTF_8)))
                    .metadataOptions(m -> m.httpTokens(HttpTokensState.REQUIRED))
                    .tagSpecifications(
                        t ->
                            t.resourceType(ResourceType.INSTANCE)
                                .tags(
                                    Tag.builder().key("story").value(tenant.name()).build(),
                                    Tag.builder().key("Name").value("of three").build())),
            a -> answer[0] = a);
    guests.forEach(Guest::awaitShell);
    return new Trio(tenant, answer[0], guests, guests.stream().map(Guest::describe).toList());
  }

  public Guest first() {
    return guests.get(0);
  }

  public Guest second() {
    return guests.get(1);
  }

  public Guest third() {
    return guests.get(2);
  }

  public Stream<Guest> stream() {
    return guests.stream();
  }

  @Override
  public void close() {
    tenant.close();
  }

  /** Hands the same three to each story that asks, and ends them after the last. */
  public static final class Shared implements ParameterResolver {
    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
      return parameter.getParameter().getType() == Trio.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
      return context
          .getRoot()
          .getStore(ExtensionContext.Namespace.create(Trio.class))
          .computeIfAbsent(Trio.class, _ -> launched(), Trio.class);
    }
  }
}
