package io.hanok.e2e.support;

import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Instance;
import software.amazon.awssdk.services.ec2.model.InstanceStateName;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;

/**
 * One story's part of the stack: a key pair, a security group that lets SSH in, and the guests that
 * were launched for it, all of which go when it is closed.
 */
public final class Tenant implements AutoCloseable {
  private final Stack stack;
  private final Ec2Client ec2;
  private final String name;
  private final KeyPair key;
  private final String group;
  private final List<Guest> guests = new ArrayList<>();

  private Tenant(Stack stack, Ec2Client ec2, String name) {
    this.stack = stack;
    this.ec2 = ec2;
    this.name = name;
    this.key = Shell.keyPair(ec2.createKeyPair(r -> r.keyName(name)).keyMaterial());
    this.group =
        ec2.createSecurityGroup(r -> r.groupName(name).description("lets SSH in")).groupId();
    ec2.authorizeSecurityGroupIngress(
        r -> r.groupId(group).ipProtocol("tcp").fromPort(22).toPort(22).cidrIp("0.0.0.0/0"));
  }

  /** A part of its own for the story of this name, as the stack's first account. */
  public static Tenant of(Stack stack, String story) {
    String name = story + "-" + Long.toHexString(ThreadLocalRandom.current().nextLong() >>> 32);
    return new Tenant(stack, stack.ec2(), name);
  }

  public Stack stack() {
    return stack;
  }

  public Ec2Client ec2() {
    return ec2;
  }

  /** The name of the key pair and of the group. */
  public String name() {
    return name;
  }

  public KeyPair key() {
    return key;
  }

  /** The group, whose only inbound rule at first is TCP port 22 from anywhere. */
  public String group() {
    return group;
  }

  /**
   * Launches one guest of the tiny image with the key and the group; {@code more} may change it.
   */
  public Guest launch(Consumer<RunInstancesRequest.Builder> more) {
    return launch(1, more).getFirst();
  }

  /** Launches several guests at once. */
  public List<Guest> launch(int count, Consumer<RunInstancesRequest.Builder> more) {
    return launch(count, more, _ -> {});
  }

  /** The same for a story that also wants to see what the launch answers. */
  public List<Guest> launch(
      int count,
      Consumer<RunInstancesRequest.Builder> more,
      Consumer<RunInstancesResponse> answered) {
    RunInstancesRequest.Builder request =
        RunInstancesRequest.builder()
            .imageId(stack.tinyImage())
            .instanceType("t3.nano")
            .keyName(name)
            .securityGroupIds(group)
            .minCount(count)
            .maxCount(count);
    more.accept(request);
    RunInstancesResponse answer = ec2.runInstances(request.build());
    List<Guest> launched =
        answer.instances().stream()
            .map(Instance::instanceId)
            .map(id -> new Guest(ec2, id, key))
            .toList();
    guests.addAll(launched);
    answered.accept(answer);
    return launched;
  }

  @Override
  public void close() {
    guests.forEach(Guest::close);
    List<String> ids = guests.stream().map(Guest::id).toList();
    if (!ids.isEmpty()) {
      ec2.terminateInstances(r -> r.instanceIds(ids));
      guests.forEach(guest -> guest.await(InstanceStateName.TERMINATED));
    }
    try {
      ec2.deleteSecurityGroup(r -> r.groupId(group));
    } catch (Ec2Exception e) {
      // A story may have made another group that names this one; it is only a leftover.
      System.err.println("left " + group + ": " + e.getMessage());
    }
    ec2.deleteKeyPair(r -> r.keyName(name));
    ec2.close();
  }
}
