package io.hanok.control.instance;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentPaths;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.id.IdKind;
import io.hanok.control.agentclient.AgentClient;
import io.hanok.control.agentclient.AgentDocuments;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.Pages;
import io.hanok.control.ec2.WithoutTransaction;
import io.hanok.control.host.Hosts;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceStatusRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceStatusResponse;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.GetConsoleOutputRequest;
import software.amazon.awssdk.services.ec2.model.GetConsoleOutputResponse;
import software.amazon.awssdk.services.ec2.model.GetConsoleScreenshotRequest;
import software.amazon.awssdk.services.ec2.model.GetConsoleScreenshotResponse;
import software.amazon.awssdk.services.ec2.model.InstanceStatus;
import software.amazon.awssdk.services.ec2.model.InstanceStatusSummary;

/**
 * EC2's actions that look at a guest from outside: status checks, console output, screenshot.
 *
 * <p>System status: the host's agents were heard of lately and the virtual machine is there.
 * Instance status: the guest was seen by DHCP or ARP since it booted.
 */
@Component
public class Ec2InstanceStatus implements AwsActions {
  private final InstanceRepository repository;
  private final VmIncarnationRepository vms;
  private final InstanceDescriptions descriptions;
  private final AgentDocuments documents;
  private final AgentClient agents;
  private final Hosts hosts;
  private final Clock clock;

  Ec2InstanceStatus(
      InstanceRepository repository,
      VmIncarnationRepository vms,
      InstanceDescriptions descriptions,
      AgentDocuments documents,
      AgentClient agents,
      Hosts hosts,
      Clock clock) {
    this.repository = repository;
    this.vms = vms;
    this.descriptions = descriptions;
    this.documents = documents;
    this.agents = agents;
    this.hosts = hosts;
    this.clock = clock;
  }

  public DescribeInstanceStatusResponse describeInstanceStatus(
      DescribeInstanceStatusRequest request, Caller caller) {
    List<String> ids = Pages.wellFormed(IdKind.INSTANCE, request.instanceIds());
    Specification<Instance> wanted =
        Pages.<Instance>ownedBy(caller.accountId())
            .and(Pages.idIn("id", ids))
            .and(InstanceFilters.ALL.specification(request.filters()));
    if (!Boolean.TRUE.equals(request.includeAllInstances())) {
      wanted =
          wanted.and(
              InstanceFilters.ALL.specification(
                  List.of(Filter.builder().name("instance-state-name").values("running").build())));
    }
    var page =
        Pages.read(
            repository, wanted, "id", Instance::id, request.maxResults(), request.nextToken());
    if (page.items().size() < ids.size()) {
      Pages.requireAll(
          IdKind.INSTANCE,
          ids,
          repository.findAllById(ids).stream()
              .filter(i -> i.accountId().equals(caller.accountId()))
              .toList(),
          Instance::id);
    }
    List<InstanceDetails> details = descriptions.of(page.items());
    Checks checks = checks(details);
    return DescribeInstanceStatusResponse.builder()
        .instanceStatuses(details.stream().map(d -> print(d, checks)).toList())
        .nextToken(page.nextToken())
        .build();
  }

  /** What the checks need of a whole page, read at once. */
  private record Checks(
      Set<String> reportingHosts, Map<String, ResourceStatus> vms, Set<String> seenVms) {}

  private Checks checks(List<InstanceDetails> details) {
    List<VmIncarnation> alive =
        details.stream().map(InstanceDetails::vm).filter(Objects::nonNull).toList();
    Set<String> reporting =
        hosts.all().stream()
            .filter(Hosts.HostView::reporting)
            .map(Hosts.HostView::id)
            .collect(Collectors.toSet());
    Map<String, ResourceStatus> networks =
        documents.statuses(
            DocumentKind.HOST_NETWORK,
            alive.stream().map(VmIncarnation::hostId).collect(Collectors.toSet()));
    Set<String> seen =
        networks.values().stream()
            .filter(ResourceStatus.HostNetwork.class::isInstance)
            .map(ResourceStatus.HostNetwork.class::cast)
            .flatMap(n -> n.interfaces().stream())
            .filter(n -> n.lastSeen() != null)
            .map(n -> n.vmId().value())
            .collect(Collectors.toSet());
    return new Checks(
        reporting,
        documents.statuses(DocumentKind.VM, alive.stream().map(VmIncarnation::id).toList()),
        seen);
  }

  private InstanceStatus print(InstanceDetails details, Checks checks) {
    InstanceState state = details.state();
    return InstanceStatus.builder()
        .instanceId(details.instance().id())
        .availabilityZone(details.instance().zone())
        .instanceState(s -> s.code(state.code()).name(state.text()))
        .systemStatus(summary(details, state, systemOk(details, checks)))
        .instanceStatus(
            summary(
                details,
                state,
                details.vm() != null && checks.seenVms().contains(details.vm().id())))
        .events(List.of())
        .build();
  }

  private static boolean systemOk(InstanceDetails details, Checks checks) {
    VmIncarnation vm = details.vm();
    if (vm == null || !checks.reportingHosts().contains(vm.hostId())) {
      return false;
    }
    return checks.vms().get(vm.id()) instanceof ResourceStatus.Vm status
        && status.power() != ResourceStatus.ObservedPower.OFF;
  }

  /** Not passed is "initializing" in the first minutes of a run, "impaired" after. */
  private InstanceStatusSummary summary(
      InstanceDetails details, InstanceState state, boolean passed) {
    if (state != InstanceState.RUNNING) {
      return InstanceStatusSummary.builder().status("not-applicable").details(List.of()).build();
    }
    boolean young = details.vm().runningAt().plusSeconds(300).isAfter(clock.instant());
    String status = passed ? "ok" : young ? "initializing" : "impaired";
    String check = passed ? "passed" : young ? "initializing" : "failed";
    return InstanceStatusSummary.builder()
        .status(status)
        .details(d -> d.name("reachability").status(check))
        .build();
  }

  @WithoutTransaction
  public GetConsoleOutputResponse getConsoleOutput(GetConsoleOutputRequest request, Caller caller) {
    byte[] output = fromHost(request.instanceId(), caller, AgentPaths.CONSOLES);
    return GetConsoleOutputResponse.builder()
        .instanceId(request.instanceId())
        .timestamp(clock.instant())
        .output(Base64.getEncoder().encodeToString(output))
        .build();
  }

  @WithoutTransaction
  public GetConsoleScreenshotResponse getConsoleScreenshot(
      GetConsoleScreenshotRequest request, Caller caller) {
    byte[] png = fromHost(request.instanceId(), caller, AgentPaths.SCREENSHOTS);
    return GetConsoleScreenshotResponse.builder()
        .instanceId(request.instanceId())
        .imageData(Base64.getEncoder().encodeToString(png))
        .build();
  }

  private byte[] fromHost(String instanceId, Caller caller, String path) {
    if (instanceId == null) {
      throw Errors.missing("InstanceId");
    }
    Errors.wellFormed(IdKind.INSTANCE, instanceId);
    if (repository
        .findById(instanceId)
        .filter(i -> i.accountId().equals(caller.accountId()))
        .isEmpty()) {
      throw Errors.notFound(IdKind.INSTANCE, instanceId);
    }
    VmIncarnation vm =
        vms.findByInstanceIdAndEndedAtIsNull(instanceId)
            .orElseThrow(
                () ->
                    new CloudException(
                        ErrorCode.INCORRECT_INSTANCE_STATE,
                        "The instance '%s' is not running; its console went with its virtual"
                                .formatted(instanceId)
                            + " machine."));
    return switch (agents.get(vm.hostId(), AgentName.COMPUTE, path + vm.id())) {
      case AgentClient.Answer.Accepted a -> a.body();
      case AgentClient.Answer.Refused r ->
          throw new CloudException(ErrorCode.INTERNAL_ERROR, r.refusal().message());
      case AgentClient.Answer.Unreachable u ->
          throw new CloudException(
              ErrorCode.INTERNAL_ERROR, "The instance's host does not answer. Try again.");
    };
  }
}
