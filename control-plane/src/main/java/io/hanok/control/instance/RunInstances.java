package io.hanok.control.instance;

import io.hanok.control.shared.Errors;
import java.util.List;
import java.util.Map;

/**
 * A launch as the caller asks for it.
 *
 * @param minCount launch nothing unless so many can be launched
 * @param maxCount launch no more
 * @param keyName key pair, or null for none
 * @param userData decoded, or null
 * @param zone wanted zone, or null
 * @param root the root volume's overrides
 * @param primary the primary interface's settings
 * @param shutdownBehavior {@code stop}, {@code terminate} or null for stop
 * @param cpuCredits {@code standard}, {@code unlimited} or null for the type's own
 * @param instanceTags tags of the instances
 * @param volumeTags tags of their volumes
 * @param interfaceTags tags of their interfaces
 */
public record RunInstances(
    String clientToken,
    String imageId,
    String type,
    int minCount,
    int maxCount,
    String keyName,
    byte[] userData,
    String zone,
    Root root,
    Primary primary,
    String shutdownBehavior,
    boolean disableApiTermination,
    boolean disableApiStop,
    boolean ebsOptimized,
    boolean monitoring,
    String cpuCredits,
    MetadataOptions metadata,
    Map<String, String> instanceTags,
    Map<String, String> volumeTags,
    Map<String, String> interfaceTags) {
  private static final int MOST = 1000;
  private static final int MOST_USER_DATA = 16384;

  public RunInstances {
    instanceTags = Map.copyOf(instanceTags);
    volumeTags = Map.copyOf(volumeTags);
    interfaceTags = Map.copyOf(interfaceTags);
    if (imageId == null) {
      throw Errors.missing("ImageId");
    }
    if (minCount < 1) {
      throw Errors.invalidValue("MinCount", minCount, "Expecting at least 1.");
    }
    if (maxCount < minCount) {
      throw Errors.invalidValue("MaxCount", maxCount, "Expecting at least MinCount.");
    }
    if (maxCount > MOST) {
      throw Errors.invalidValue("MaxCount", maxCount, "One call launches at most 1000.");
    }
    if (userData != null && userData.length > MOST_USER_DATA) {
      throw Errors.invalidValue(
          "UserData", userData.length + " bytes", "User data is limited to 16384 bytes.");
    }
    shutdownBehavior = shutdownBehavior == null ? "stop" : shutdownBehavior;
    requireShutdownBehavior(shutdownBehavior);
    if (primary.privateAddress() != null && maxCount > 1) {
      throw Errors.combination(
          "A private address can be given for one instance only; MaxCount is " + maxCount + ".");
    }
  }

  static void requireShutdownBehavior(String behavior) {
    if (!List.of("stop", "terminate").contains(behavior)) {
      throw Errors.invalidValue(
          "InstanceInitiatedShutdownBehavior", behavior, "Expecting stop or terminate.");
    }
  }

  /**
   * What the caller says of the root volume; null is the image's own.
   *
   * @param device the device name, which must be the image's
   * @param sizeGib size in GiB, at least the image's
   */
  public record Root(
      String device,
      Integer sizeGib,
      String type,
      Integer iops,
      Integer throughputMibps,
      Boolean deleteOnTermination) {
    /** Nothing said. */
    public static final Root AS_IMAGE = new Root(null, null, null, null, null, null);
  }

  /**
   * What the caller says of the primary interface; null is the default.
   *
   * @param groupIds security groups by id
   * @param groupNames security groups by name, in the default VPC
   */
  public record Primary(
      String subnetId,
      String privateAddress,
      List<String> groupIds,
      List<String> groupNames,
      String description,
      Boolean associatePublicAddress,
      boolean deleteOnTermination) {
    public Primary {
      groupIds = List.copyOf(groupIds);
      groupNames = List.copyOf(groupNames);
    }
  }
}
