package io.hanok.control.instance;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.Pages;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstancesResponse;
import software.amazon.awssdk.services.ec2.model.InstanceStateChange;
import software.amazon.awssdk.services.ec2.model.RebootInstancesRequest;
import software.amazon.awssdk.services.ec2.model.RebootInstancesResponse;
import software.amazon.awssdk.services.ec2.model.Reservation;
import software.amazon.awssdk.services.ec2.model.RunInstancesRequest;
import software.amazon.awssdk.services.ec2.model.RunInstancesResponse;
import software.amazon.awssdk.services.ec2.model.StartInstancesRequest;
import software.amazon.awssdk.services.ec2.model.StartInstancesResponse;
import software.amazon.awssdk.services.ec2.model.StopInstancesRequest;
import software.amazon.awssdk.services.ec2.model.StopInstancesResponse;
import software.amazon.awssdk.services.ec2.model.TerminateInstancesRequest;
import software.amazon.awssdk.services.ec2.model.TerminateInstancesResponse;

/** EC2's actions on the life of instances. */
@Component
public class Ec2Instances implements AwsActions {
  private final Launches launches;
  private final Instances instances;
  private final InstanceRepository repository;
  private final InstanceDescriptions descriptions;
  private final InstancePrinter printer;

  Ec2Instances(
      Launches launches,
      Instances instances,
      InstanceRepository repository,
      InstanceDescriptions descriptions,
      InstancePrinter printer) {
    this.launches = launches;
    this.instances = instances;
    this.repository = repository;
    this.descriptions = descriptions;
    this.printer = printer;
  }

  public RunInstancesResponse runInstances(RunInstancesRequest request, Caller caller) {
    // The SDK hides user data when it prints a request, so it is added in the clear.
    String parameters = request + "\n" + request.userData();
    List<Instance> launched =
        launches.run(caller, RunInstancesParameters.read(request), parameters);
    Reservation reservation = reservation(descriptions.of(launched));
    return RunInstancesResponse.builder()
        .reservationId(reservation.reservationId())
        .ownerId(reservation.ownerId())
        .groups(List.of())
        .instances(reservation.instances())
        .build();
  }

  public DescribeInstancesResponse describeInstances(
      DescribeInstancesRequest request, Caller caller) {
    if (!request.instanceIds().isEmpty() && request.maxResults() != null) {
      throw Errors.combination("InstanceIds and MaxResults cannot be given together.");
    }
    var page =
        Pages.owned(
            repository,
            caller.accountId(),
            IdKind.INSTANCE,
            request.instanceIds(),
            InstanceFilters.ALL.specification(request.filters()),
            Instance::id,
            request.maxResults(),
            request.nextToken());
    Map<String, List<InstanceDetails>> byReservation =
        descriptions.of(page.items()).stream()
            .collect(
                Collectors.groupingBy(
                    d -> d.instance().reservationId(), LinkedHashMap::new, Collectors.toList()));
    return DescribeInstancesResponse.builder()
        .reservations(byReservation.values().stream().map(this::reservation).toList())
        .nextToken(page.nextToken())
        .build();
  }

  private Reservation reservation(List<InstanceDetails> details) {
    Instance first = details.getFirst().instance();
    return Reservation.builder()
        .reservationId(first.reservationId())
        .ownerId(first.accountId())
        .groups(List.of())
        .instances(details.stream().map(printer::print).toList())
        .build();
  }

  public StartInstancesResponse startInstances(StartInstancesRequest request, Caller caller) {
    return StartInstancesResponse.builder()
        .startingInstances(print(instances.start(caller, request.instanceIds())))
        .build();
  }

  public StopInstancesResponse stopInstances(StopInstancesRequest request, Caller caller) {
    if (Boolean.TRUE.equals(request.hibernate())) {
      throw new CloudException(
          ErrorCode.UNSUPPORTED_OPERATION,
          "No instance is enabled for hibernation. Stop it without Hibernate.");
    }
    return StopInstancesResponse.builder()
        .stoppingInstances(
            print(
                instances.stop(
                    caller, request.instanceIds(), Boolean.TRUE.equals(request.force()))))
        .build();
  }

  public RebootInstancesResponse rebootInstances(RebootInstancesRequest request, Caller caller) {
    instances.reboot(caller, request.instanceIds());
    return RebootInstancesResponse.builder().build();
  }

  public TerminateInstancesResponse terminateInstances(
      TerminateInstancesRequest request, Caller caller) {
    return TerminateInstancesResponse.builder()
        .terminatingInstances(print(instances.terminate(caller, request.instanceIds())))
        .build();
  }

  private static List<InstanceStateChange> print(List<Instances.StateChange> changes) {
    return changes.stream()
        .map(
            c ->
                InstanceStateChange.builder()
                    .instanceId(c.instanceId())
                    .previousState(s -> s.code(c.previous().code()).name(c.previous().text()))
                    .currentState(s -> s.code(c.current().code()).name(c.current().text()))
                    .build())
        .toList();
  }

  /** The bytes of user data, which travel as base64 text. */
  static byte[] decodeUserData(String base64) {
    try {
      return java.util.Base64.getMimeDecoder().decode(base64.getBytes(StandardCharsets.ISO_8859_1));
    } catch (IllegalArgumentException e) {
      throw new CloudException(
          ErrorCode.INVALID_USER_DATA_MALFORMED, "Invalid BASE64 encoding of user data.");
    }
  }
}
