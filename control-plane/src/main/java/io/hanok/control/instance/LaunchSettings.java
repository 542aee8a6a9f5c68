package io.hanok.control.instance;

/**
 * What all instances of one launch have in common, with every reference resolved.
 *
 * @param publicKey the key pair's public half in the form of authorized_keys, or null
 * @param userData at most 16 KiB, or null
 * @param shutdownBehavior {@code stop} or {@code terminate}
 * @param cpuCredits {@code standard} or {@code unlimited} for burstable types, otherwise null
 */
record LaunchSettings(
    String clientToken,
    String imageId,
    String type,
    String keyName,
    String publicKey,
    byte[] userData,
    String zone,
    String vpcId,
    String subnetId,
    String rootDeviceName,
    String shutdownBehavior,
    boolean disableApiTermination,
    boolean disableApiStop,
    boolean ebsOptimized,
    boolean monitoring,
    String cpuCredits,
    MetadataOptions metadata) {}
