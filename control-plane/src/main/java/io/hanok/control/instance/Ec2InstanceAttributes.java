package io.hanok.control.instance;

import io.hanok.control.ec2.AwsActions;
import io.hanok.control.instancetype.InstanceType;
import io.hanok.control.instancetype.InstanceTypes;
import io.hanok.control.network.NetworkInterfaces;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import io.hanok.control.shared.Errors;
import io.hanok.control.volume.Volumes;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.AttributeBooleanValue;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceAttributeRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceAttributeResponse;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceCreditSpecificationsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceCreditSpecificationsResponse;
import software.amazon.awssdk.services.ec2.model.InstanceCreditSpecification;
import software.amazon.awssdk.services.ec2.model.InstanceMonitoring;
import software.amazon.awssdk.services.ec2.model.ModifyInstanceAttributeRequest;
import software.amazon.awssdk.services.ec2.model.ModifyInstanceAttributeResponse;
import software.amazon.awssdk.services.ec2.model.ModifyInstanceMetadataOptionsRequest;
import software.amazon.awssdk.services.ec2.model.ModifyInstanceMetadataOptionsResponse;
import software.amazon.awssdk.services.ec2.model.MonitorInstancesRequest;
import software.amazon.awssdk.services.ec2.model.MonitorInstancesResponse;
import software.amazon.awssdk.services.ec2.model.UnmonitorInstancesRequest;
import software.amazon.awssdk.services.ec2.model.UnmonitorInstancesResponse;

/** EC2's actions on the attributes of an instance. */
@Component
public class Ec2InstanceAttributes implements AwsActions {
  private final Instances instances;
  private final InstanceRepository repository;
  private final InstanceDescriptions descriptions;
  private final InstancePrinter printer;
  private final InstanceTypes types;
  private final NetworkInterfaces interfaces;
  private final Volumes volumes;

  Ec2InstanceAttributes(
      Instances instances,
      InstanceRepository repository,
      InstanceDescriptions descriptions,
      InstancePrinter printer,
      InstanceTypes types,
      NetworkInterfaces interfaces,
      Volumes volumes) {
    this.instances = instances;
    this.repository = repository;
    this.descriptions = descriptions;
    this.printer = printer;
    this.types = types;
    this.interfaces = interfaces;
    this.volumes = volumes;
  }

  public DescribeInstanceAttributeResponse describeInstanceAttribute(
      DescribeInstanceAttributeRequest request, Caller caller) {
    Instance i = instances.find(caller, List.of(required(request.instanceId()))).getFirst();
    var answer = DescribeInstanceAttributeResponse.builder().instanceId(i.id());
    switch (request.attributeAsString() == null ? "" : request.attributeAsString()) {
      case "instanceType" -> answer.instanceType(v -> v.value(i.type()));
      case "userData" ->
          answer.userData(
              v ->
                  v.value(
                      i.userData() == null
                          ? null
                          : Base64.getEncoder().encodeToString(i.userData())));
      case "disableApiTermination" ->
          answer.disableApiTermination(v -> v.value(i.disableApiTermination()));
      case "disableApiStop" -> answer.disableApiStop(v -> v.value(i.disableApiStop()));
      case "instanceInitiatedShutdownBehavior" ->
          answer.instanceInitiatedShutdownBehavior(v -> v.value(i.shutdownBehavior()));
      case "rootDeviceName" -> answer.rootDeviceName(v -> v.value(i.rootDeviceName()));
      case "blockDeviceMapping" -> answer.blockDeviceMappings(printed(i).blockDeviceMappings());
      case "sourceDestCheck" -> answer.sourceDestCheck(v -> v.value(printed(i).sourceDestCheck()));
      case "groupSet" -> answer.groups(printed(i).securityGroups());
      case "ebsOptimized" -> answer.ebsOptimized(v -> v.value(i.ebsOptimized()));
      case "enaSupport" -> answer.enaSupport(v -> v.value(false));
      case "enclaveOptions" -> answer.enclaveOptions(v -> v.enabled(false));
      case "productCodes" -> answer.productCodes(List.of());
      default ->
          throw Errors.invalidValue(
              "attribute", request.attributeAsString(), "Name one attribute of an instance.");
    }
    return answer.build();
  }

  private software.amazon.awssdk.services.ec2.model.Instance printed(Instance i) {
    return printer.print(descriptions.of(List.of(i)).getFirst());
  }

  /** Changes one attribute, named by its own parameter or, the old way, by Attribute and Value. */
  public ModifyInstanceAttributeResponse modifyInstanceAttribute(
      ModifyInstanceAttributeRequest request, Caller caller) {
    Instances.Held held = instances.lockOne(caller, required(request.instanceId()));
    requireAttributeValue(request);
    List<Runnable> changes = new ArrayList<>();
    String old = request.attributeAsString();
    typeAndUserData(request, held, old, changes);
    protections(request, held.instance(), old, changes);
    if (held.instance().power() == Power.TERMINATED && !onlyProtections(request)) {
      throw new CloudException(
          ErrorCode.INCORRECT_INSTANCE_STATE,
          "The instance '%s' is terminated or about to be; it can no longer be changed."
              .formatted(held.instance().id()));
    }
    if (!request.groups().isEmpty()) {
      changes.add(() -> interfaces.changeGroups(caller, held.instance().id(), request.groups()));
    }
    if (request.sourceDestCheck() != null) {
      changes.add(
          () ->
              interfaces.changeSourceDestCheck(
                  caller, held.instance().id(), request.sourceDestCheck().value()));
    }
    if (!request.blockDeviceMappings().isEmpty()) {
      changes.add(() -> changeMappings(request, held.instance()));
    }
    if (changes.size() > 1) {
      throw Errors.combination("Fields for multiple attribute types specified");
    }
    if (changes.isEmpty()) {
      throw Errors.combination("No attributes specified.");
    }
    changes.getFirst().run();
    repository.save(held.instance());
    return ModifyInstanceAttributeResponse.builder().build();
  }

  /** What tools set before they terminate, whatever the state. */
  private static boolean onlyProtections(ModifyInstanceAttributeRequest request) {
    return request.disableApiTermination() != null
        || request.disableApiStop() != null
        || "disableApiTermination".equals(request.attributeAsString())
        || "disableApiStop".equals(request.attributeAsString());
  }

  private static void requireAttributeValue(ModifyInstanceAttributeRequest request) {
    if (request.attribute() != null
        && request.value() == null
        && request.blockDeviceMappings().isEmpty()) {
      throw Errors.missing("Value");
    }
  }

  private void typeAndUserData(
      ModifyInstanceAttributeRequest request,
      Instances.Held held,
      String old,
      List<Runnable> changes) {
    String type =
        request.instanceType() != null
            ? request.instanceType().value()
            : "instanceType".equals(old) ? request.value() : null;
    if (type != null) {
      changes.add(() -> changeType(held, type));
    }
    byte[] userData =
        request.userData() != null
            ? request.userData().value().asByteArray()
            : "userData".equals(old) ? Ec2Instances.decodeUserData(request.value()) : null;
    if (userData != null) {
      changes.add(() -> changeUserData(held, userData));
    }
  }

  private void changeType(Instances.Held held, String name) {
    InstanceType type = types.require(name);
    instances.requireStopped(held, "change its type");
    held.instance().changeType(name, type.burstable() ? "unlimited" : null);
  }

  private void changeUserData(Instances.Held held, byte[] userData) {
    if (userData.length > 16384) {
      throw Errors.invalidValue(
          "UserData", userData.length + " bytes", "User data is limited to 16384 bytes.");
    }
    instances.requireStopped(held, "change its user data");
    held.instance().changeUserData(userData.length == 0 ? null : userData);
  }

  private static void protections(
      ModifyInstanceAttributeRequest request, Instance i, String old, List<Runnable> changes) {
    Boolean termination = bool(request.disableApiTermination(), "disableApiTermination", request);
    if (termination != null) {
      changes.add(() -> i.changeDisableApiTermination(termination));
    }
    Boolean stop = bool(request.disableApiStop(), "disableApiStop", request);
    if (stop != null) {
      changes.add(() -> i.changeDisableApiStop(stop));
    }
    Boolean optimized = bool(request.ebsOptimized(), "ebsOptimized", request);
    if (optimized != null) {
      changes.add(() -> i.changeEbsOptimized(optimized));
    }
    String behavior =
        request.instanceInitiatedShutdownBehavior() != null
            ? request.instanceInitiatedShutdownBehavior().value()
            : "instanceInitiatedShutdownBehavior".equals(old) ? request.value() : null;
    if (behavior != null) {
      RunInstances.requireShutdownBehavior(behavior);
      changes.add(() -> i.changeShutdownBehavior(behavior));
    }
  }

  private static Boolean bool(
      AttributeBooleanValue value, String name, ModifyInstanceAttributeRequest request) {
    if (value != null) {
      return value.value();
    }
    return name.equals(request.attributeAsString()) ? Boolean.valueOf(request.value()) : null;
  }

  private void changeMappings(ModifyInstanceAttributeRequest request, Instance i) {
    for (var mapping : request.blockDeviceMappings()) {
      if (mapping.ebs() == null || mapping.ebs().deleteOnTermination() == null) {
        throw Errors.missing("BlockDeviceMapping.Ebs.DeleteOnTermination");
      }
      if (!volumes.changeDeleteOnTermination(
          i.id(), mapping.deviceName(), mapping.ebs().deleteOnTermination())) {
        throw new CloudException(
            ErrorCode.INVALID_INSTANCE_ATTRIBUTE_VALUE,
            "No device is currently mapped at %s".formatted(mapping.deviceName()));
      }
    }
  }

  public ModifyInstanceMetadataOptionsResponse modifyInstanceMetadataOptions(
      ModifyInstanceMetadataOptionsRequest request, Caller caller) {
    Instances.Held held = instances.lockOne(caller, required(request.instanceId()));
    MetadataOptions options =
        held.instance()
            .metadataOptions()
            .with(
                request.httpEndpointAsString(),
                request.httpTokensAsString(),
                request.httpPutResponseHopLimit(),
                request.instanceMetadataTagsAsString());
    held.instance().changeMetadataOptions(options);
    repository.save(held.instance());
    instances.refreshMetadata(held);
    return ModifyInstanceMetadataOptionsResponse.builder()
        .instanceId(held.instance().id())
        .instanceMetadataOptions(InstancePrinter.metadataOptions(options, "pending"))
        .build();
  }

  public MonitorInstancesResponse monitorInstances(MonitorInstancesRequest request, Caller caller) {
    return MonitorInstancesResponse.builder()
        .instanceMonitorings(monitor(caller, request.instanceIds(), true))
        .build();
  }

  public UnmonitorInstancesResponse unmonitorInstances(
      UnmonitorInstancesRequest request, Caller caller) {
    return UnmonitorInstancesResponse.builder()
        .instanceMonitorings(monitor(caller, request.instanceIds(), false))
        .build();
  }

  private List<InstanceMonitoring> monitor(Caller caller, List<String> ids, boolean on) {
    List<InstanceMonitoring> answers = new ArrayList<>();
    for (Instances.Held held : instances.lock(caller, ids)) {
      held.instance().changeMonitoring(on);
      repository.save(held.instance());
      answers.add(
          InstanceMonitoring.builder()
              .instanceId(held.instance().id())
              .monitoring(m -> m.state(on ? "enabled" : "disabled"))
              .build());
    }
    return answers;
  }

  public DescribeInstanceCreditSpecificationsResponse describeInstanceCreditSpecifications(
      DescribeInstanceCreditSpecificationsRequest request, Caller caller) {
    List<InstanceCreditSpecification> found =
        instances.find(caller, request.instanceIds()).stream()
            .filter(i -> i.cpuCredits() != null)
            .map(
                i ->
                    InstanceCreditSpecification.builder()
                        .instanceId(i.id())
                        .cpuCredits(i.cpuCredits())
                        .build())
            .toList();
    return DescribeInstanceCreditSpecificationsResponse.builder()
        .instanceCreditSpecifications(found)
        .build();
  }

  private static String required(String instanceId) {
    if (instanceId == null) {
      throw Errors.missing("InstanceId");
    }
    return instanceId;
  }
}
