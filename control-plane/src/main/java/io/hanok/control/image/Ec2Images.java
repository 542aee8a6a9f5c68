package io.hanok.control.image;

import io.hanok.agent.api.id.IdKind;
import io.hanok.control.ec2.AwsActions;
import io.hanok.control.ec2.Pages;
import io.hanok.control.identity.Account;
import io.hanok.control.identity.Accounts;
import io.hanok.control.shared.Caller;
import io.hanok.control.shared.Errors;
import io.hanok.control.snapshot.Snapshot;
import io.hanok.control.snapshot.Snapshots;
import io.hanok.control.tag.Tags;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.data.jpa.domain.Specification;
import org.springframework.stereotype.Component;
import software.amazon.awssdk.services.ec2.model.AttributeValue;
import software.amazon.awssdk.services.ec2.model.DeleteSnapshotReturnCode;
import software.amazon.awssdk.services.ec2.model.DeregisterImageRequest;
import software.amazon.awssdk.services.ec2.model.DeregisterImageResponse;
import software.amazon.awssdk.services.ec2.model.DescribeImageAttributeRequest;
import software.amazon.awssdk.services.ec2.model.DescribeImageAttributeResponse;
import software.amazon.awssdk.services.ec2.model.DescribeImagesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeImagesResponse;
import software.amazon.awssdk.services.ec2.model.LaunchPermission;
import software.amazon.awssdk.services.ec2.model.ModifyImageAttributeRequest;
import software.amazon.awssdk.services.ec2.model.ModifyImageAttributeResponse;
import software.amazon.awssdk.services.ec2.model.PermissionGroup;
import software.amazon.awssdk.services.ec2.model.ResetImageAttributeRequest;
import software.amazon.awssdk.services.ec2.model.ResetImageAttributeResponse;
import software.amazon.awssdk.services.ec2.model.SnapshotReturnCodes;
import software.amazon.awssdk.services.ec2.model.Tag;

/** EC2's actions on images. */
@Component
public class Ec2Images implements AwsActions {
  private final Images images;
  private final ImageRepository rows;
  private final Snapshots snapshots;
  private final Accounts accounts;
  private final Tags tags;

  public Ec2Images(
      Images images, ImageRepository rows, Snapshots snapshots, Accounts accounts, Tags tags) {
    this.images = images;
    this.rows = rows;
    this.snapshots = snapshots;
    this.accounts = accounts;
    this.tags = tags;
  }

  public DescribeImagesResponse describeImages(DescribeImagesRequest request, Caller caller) {
    List<String> ids = Pages.wellFormed(IdKind.IMAGE, request.imageIds());
    Specification<Image> named = ImageFilters.visibleTo(caller).and(Pages.idIn("id", ids));
    if (!ids.isEmpty()) {
      Pages.requireAll(IdKind.IMAGE, ids, rows.findAll(named), Image::id);
    }
    var page =
        Pages.read(
            rows,
            named
                .and(ImageFilters.ownedBy(caller, request.owners()))
                .and(ImageFilters.executableBy(caller, request.executableUsers()))
                .and(ImageFilters.of(request.filters())),
            "id",
            Image::id,
            request.maxResults(),
            request.nextToken());
    List<Image> found = page.items();
    Map<String, Snapshot> disks = snapshots.findAll(found.stream().map(Image::snapshotId).toList());
    Map<String, List<Tag>> tagged = tags.of(found.stream().map(Image::id).toList());
    Set<String> operators = operators(found);
    return DescribeImagesResponse.builder()
        .images(
            found.stream()
                .map(
                    image ->
                        ImagePrinter.print(
                            image,
                            disks.get(image.snapshotId()),
                            image.isPublic() && operators.contains(image.accountId()),
                            // Tags are their owner's alone.
                            image.accountId().equals(caller.accountId())
                                ? tagged.getOrDefault(image.id(), List.of())
                                : List.of()))
                .toList())
        .nextToken(page.nextToken())
        .build();
  }

  /** The snapshot of an imported image is the image's disk and goes with it. */
  public DeregisterImageResponse deregisterImage(DeregisterImageRequest request, Caller caller) {
    Image image = images.deregister(caller, required(request.imageId()));
    return DeregisterImageResponse.builder()
        .returnValue(true)
        .deleteSnapshotResults(
            Boolean.TRUE.equals(request.deleteAssociatedSnapshots())
                ? List.of(
                    DeleteSnapshotReturnCode.builder()
                        .snapshotId(image.snapshotId())
                        .returnCode(SnapshotReturnCodes.SUCCESS)
                        .build())
                : List.of())
        .build();
  }

  public DescribeImageAttributeResponse describeImageAttribute(
      DescribeImageAttributeRequest request, Caller caller) {
    Image image = images.requireOwn(caller, required(request.imageId()));
    var answer = DescribeImageAttributeResponse.builder().imageId(image.id());
    switch (request.attributeAsString()) {
      case "description" -> answer.description(value(image.description()));
      case "launchPermission" -> answer.launchPermissions(permissions(image));
      case "blockDeviceMapping" ->
          answer.blockDeviceMappings(
              ImagePrinter.mapping(
                  image, snapshots.findAll(List.of(image.snapshotId())).get(image.snapshotId())));
      case "productCodes" -> answer.productCodes(List.of());
      case "bootMode" -> answer.bootMode(value("legacy-bios"));
      case "deregistrationProtection" -> answer.deregistrationProtection(value("disabled"));
      case "kernel",
          "ramdisk",
          "sriovNetSupport",
          "tpmSupport",
          "uefiData",
          "lastLaunchedTime",
          "imdsSupport" -> {
        // Images here have none of these: the answer is the id alone, as on EC2.
      }
      case null -> throw Errors.missing("Attribute");
      default ->
          throw Errors.invalidValue(
              "Attribute", request.attributeAsString(), "It is no attribute of images.");
    }
    return answer.build();
  }

  public ModifyImageAttributeResponse modifyImageAttribute(
      ModifyImageAttributeRequest request, Caller caller) {
    ImageAttributeChange.of(request).apply(images, caller, required(request.imageId()));
    return ModifyImageAttributeResponse.builder().build();
  }

  public ResetImageAttributeResponse resetImageAttribute(
      ResetImageAttributeRequest request, Caller caller) {
    if (!"launchPermission".equals(request.attributeAsString())) {
      throw Errors.invalidValue(
          "Attribute", request.attributeAsString(), "Only launchPermission can be reset.");
    }
    images.unshare(caller, required(request.imageId()));
    return ResetImageAttributeResponse.builder().build();
  }

  private Set<String> operators(List<Image> found) {
    return found.stream()
        .map(Image::accountId)
        .distinct()
        .filter(id -> accounts.find(id).filter(Account::operator).isPresent())
        .collect(Collectors.toUnmodifiableSet());
  }

  private List<LaunchPermission> permissions(Image image) {
    List<LaunchPermission> permissions = new ArrayList<>();
    if (image.isPublic()) {
      permissions.add(LaunchPermission.builder().group(PermissionGroup.ALL).build());
    }
    for (String account : images.sharedWith(image.id())) {
      permissions.add(LaunchPermission.builder().userId(account).build());
    }
    return permissions;
  }

  private static AttributeValue value(String text) {
    return AttributeValue.builder().value(text).build();
  }

  private static String required(String imageId) {
    if (imageId == null || imageId.isEmpty()) {
      throw Errors.missing("ImageId");
    }
    return imageId;
  }
}
