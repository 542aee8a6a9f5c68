package io.hanok.control.network;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.Pages;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.Errors;
import io.hanok.control.tag.Tags;
import java.util.ArrayList;
import java.util.List;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.AttributeBooleanValue;
import software.amazon.awssdk.services.ec2.model.DescribeNetworkInterfacesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeNetworkInterfacesResponse;
import software.amazon.awssdk.services.ec2.model.ModifyNetworkInterfaceAttributeRequest;
import software.amazon.awssdk.services.ec2.model.ModifyNetworkInterfaceAttributeResponse;

/** EC2's actions on network interfaces. */
@Component
public class Ec2NetworkInterfaces implements AwsActions {
  private final NetworkInterfaceRepository rows;
  private final NetworkInterfaces interfaces;
  private final NetworkInterfacePrinter printer;
  private final Tags tags;

  public Ec2NetworkInterfaces(
      NetworkInterfaceRepository rows,
      NetworkInterfaces interfaces,
      NetworkInterfacePrinter printer,
      Tags tags) {
    this.rows = rows;
    this.interfaces = interfaces;
    this.printer = printer;
    this.tags = tags;
  }

  public DescribeNetworkInterfacesResponse describeNetworkInterfaces(
      DescribeNetworkInterfacesRequest request, Caller caller) {
    Pages.Page<NetworkInterface> page =
        Pages.owned(
            rows,
            caller.accountId(),
            IdKind.ENI,
            request.networkInterfaceIds(),
            NetworkInterfaceFilters.ALL.specification(request.filters()),
            NetworkInterface::id,
            request.maxResults(),
            request.nextToken());
    var tagsOf = tags.of(page.items().stream().map(NetworkInterface::id).toList());
    return DescribeNetworkInterfacesResponse.builder()
        .networkInterfaces(
            interfaces.views(page.items()).stream()
                .map(v -> printer.print(v, tagsOf.getOrDefault(v.eni().id(), List.of())))
                .toList())
        .nextToken(page.nextToken())
        .build();
  }

  public ModifyNetworkInterfaceAttributeResponse modifyNetworkInterfaceAttribute(
      ModifyNetworkInterfaceAttributeRequest request, Caller caller) {
    if (request.networkInterfaceId() == null) {
      throw Errors.missing("networkInterfaceId");
    }
    NetworkInterface eni = interfaces.requireForChange(caller, request.networkInterfaceId());
    List<Runnable> changes = new ArrayList<>();
    if (request.description() != null) {
      changes.add(() -> interfaces.describe(eni, request.description().value()));
    }
    if (!request.groups().isEmpty()) {
      changes.add(() -> interfaces.changeGroups(caller, eni, request.groups()));
    }
    if (request.sourceDestCheck() != null) {
      changes.add(() -> interfaces.changeSourceDestCheck(eni, flag(request.sourceDestCheck())));
    }
    if (request.attachment() != null) {
      changes.add(
          () ->
              interfaces.changeAttachment(
                  eni,
                  request.attachment().attachmentId(),
                  request.attachment().deleteOnTermination()));
    }
    if (changes.size() != 1) {
      throw Errors.combination(
          changes.isEmpty()
              ? "No attributes specified. Name one of description, groupId, sourceDestCheck and"
                  + " attachment."
              : "Fields for multiple attribute types specified. Change one in each call.");
    }
    changes.getFirst().run();
    return ModifyNetworkInterfaceAttributeResponse.builder().build();
  }

  private static boolean flag(AttributeBooleanValue value) {
    if (value.value() == null) {
      throw Errors.missing("sourceDestCheck.value");
    }
    return value.value();
  }
}
