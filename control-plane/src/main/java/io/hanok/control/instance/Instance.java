package io.hanok.control.instance;

import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** An instance: the durable thing, whatever virtual machine embodies it now. */
@Entity
public class Instance {
  private static final DateTimeFormatter REASON_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'GMT'").withZone(ZoneOffset.UTC);

  @Id private String id;
  private String accountId;
  private String reservationId;
  private int launchIndex;
  private String clientToken;
  private String imageId;
  private String type;
  private String keyName;
  private String publicKey;
  private byte[] userData;
  private String zone;
  private String vpcId;
  private String subnetId;
  private String rootDeviceName;
  private String power;
  private boolean forceOff;
  private int rebootCount;
  private long generation;
  private String shutdownBehavior;
  private boolean disableApiTermination;
  private boolean disableApiStop;
  private boolean ebsOptimized;
  private boolean monitoring;
  private String cpuCredits;
  private boolean httpEndpointEnabled;
  private boolean httpTokensRequired;
  private int httpHopLimit;
  private boolean metadataTags;
  private String stateReasonCode;
  private String stateReasonMessage;
  private String stateTransitionReason;
  private Instant launchedAt;
  private Instant createdAt;
  private Instant terminatedAt;

  protected Instance() {}

  /** A new instance that shall be on. */
  Instance(
      String id,
      String accountId,
      String reservationId,
      int launchIndex,
      LaunchSettings settings,
      Instant now) {
    this.id = id;
    this.accountId = accountId;
    this.reservationId = reservationId;
    this.launchIndex = launchIndex;
    this.clientToken = settings.clientToken();
    this.imageId = settings.imageId();
    this.type = settings.type();
    this.keyName = settings.keyName();
    this.publicKey = settings.publicKey();
    this.userData = settings.userData();
    this.zone = settings.zone();
    this.vpcId = settings.vpcId();
    this.subnetId = settings.subnetId();
    this.rootDeviceName = settings.rootDeviceName();
    this.power = Power.ON.text();
    this.generation = 1;
    this.shutdownBehavior = settings.shutdownBehavior();
    this.disableApiTermination = settings.disableApiTermination();
    this.disableApiStop = settings.disableApiStop();
    this.ebsOptimized = settings.ebsOptimized();
    this.monitoring = settings.monitoring();
    this.cpuCredits = settings.cpuCredits();
    this.httpEndpointEnabled = settings.metadata().enabled();
    this.httpTokensRequired = settings.metadata().tokensRequired();
    this.httpHopLimit = settings.metadata().hopLimit();
    this.metadataTags = settings.metadata().tags();
    this.stateReasonCode = "pending";
    this.stateReasonMessage = "pending";
    this.stateTransitionReason = "";
    this.launchedAt = now;
    this.createdAt = now;
  }

  public String id() {
    return id;
  }

  public String accountId() {
    return accountId;
  }

  public String reservationId() {
    return reservationId;
  }

  public int launchIndex() {
    return launchIndex;
  }

  public String clientToken() {
    return clientToken;
  }

  public String imageId() {
    return imageId;
  }

  public String type() {
    return type;
  }

  public String keyName() {
    return keyName;
  }

  /** The public key as it was at launch, in the form of authorized_keys, or null. */
  public String publicKey() {
    return publicKey;
  }

  /** At most 16 KiB, or null. */
  public byte[] userData() {
    return userData;
  }

  public String zone() {
    return zone;
  }

  public String vpcId() {
    return vpcId;
  }

  public String subnetId() {
    return subnetId;
  }

  public String rootDeviceName() {
    return rootDeviceName;
  }

  public Power power() {
    return Power.ofText(power);
  }

  /** Whether a stop is to cut the guest off at once. */
  public boolean forceOff() {
    return forceOff;
  }

  /** How often a reboot has been asked for. */
  public int rebootCount() {
    return rebootCount;
  }

  /** {@code stop} or {@code terminate}: what a shutdown from inside the guest means. */
  public String shutdownBehavior() {
    return shutdownBehavior;
  }

  public boolean disableApiTermination() {
    return disableApiTermination;
  }

  public boolean disableApiStop() {
    return disableApiStop;
  }

  public boolean ebsOptimized() {
    return ebsOptimized;
  }

  public boolean monitoring() {
    return monitoring;
  }

  /** {@code standard} or {@code unlimited} for burstable types, otherwise null. */
  public String cpuCredits() {
    return cpuCredits;
  }

  public MetadataOptions metadataOptions() {
    return new MetadataOptions(httpEndpointEnabled, httpTokensRequired, httpHopLimit, metadataTags);
  }

  public String stateReasonCode() {
    return stateReasonCode;
  }

  public String stateReasonMessage() {
    return stateReasonMessage;
  }

  public String stateTransitionReason() {
    return stateTransitionReason;
  }

  /** When it was last started. */
  public Instant launchedAt() {
    return launchedAt;
  }

  public Instant createdAt() {
    return createdAt;
  }

  /** When nothing of it was left on any host, or null. */
  public Instant terminatedAt() {
    return terminatedAt;
  }

  void start(Instant now) {
    desire(Power.ON);
    forceOff = false;
    launchedAt = now;
    reason("pending", "pending", "");
  }

  void stop(boolean force, Instant now) {
    forceOff = forceOff || force;
    desire(Power.OFF);
    reason(
        "Client.UserInitiatedShutdown",
        "Client.UserInitiatedShutdown: User initiated shutdown",
        "User initiated (" + REASON_TIME.format(now) + ")");
  }

  void terminate(Instant now) {
    desire(Power.TERMINATED);
    reason(
        "Client.UserInitiatedShutdown",
        "Client.UserInitiatedShutdown: User initiated shutdown",
        "User initiated (" + REASON_TIME.format(now) + ")");
  }

  /** The guest shut itself down: what that means, the user has chosen. */
  void shutDownFromInside() {
    desire(shutdownBehavior.equals("terminate") ? Power.TERMINATED : Power.OFF);
    reason(
        "Client.InstanceInitiatedShutdown",
        "Client.InstanceInitiatedShutdown: Instance initiated shutdown",
        "");
  }

  /** It is off, or cannot be started, for a reason that is not the user's: stopped, no more. */
  void park(String message) {
    desire(Power.OFF);
    reason("Server.InternalError", "Server.InternalError: " + message, "Server initiated");
  }

  void running() {
    reason(null, null, "");
  }

  void terminated(Instant now) {
    terminatedAt = now;
  }

  void reboot() {
    rebootCount++;
    generation++;
  }

  void changeType(String newType, String newCpuCredits) {
    type = newType;
    cpuCredits = newCpuCredits;
    generation++;
  }

  void changeUserData(byte[] data) {
    userData = data;
    generation++;
  }

  void changeShutdownBehavior(String behavior) {
    shutdownBehavior = behavior;
  }

  void changeDisableApiTermination(boolean value) {
    disableApiTermination = value;
  }

  void changeDisableApiStop(boolean value) {
    disableApiStop = value;
  }

  void changeEbsOptimized(boolean value) {
    ebsOptimized = value;
  }

  void changeMonitoring(boolean value) {
    monitoring = value;
  }

  void changeCpuCredits(String value) {
    cpuCredits = value;
  }

  void changeMetadataOptions(MetadataOptions options) {
    httpEndpointEnabled = options.enabled();
    httpTokensRequired = options.tokensRequired();
    httpHopLimit = options.hopLimit();
    metadataTags = options.tags();
    generation++;
  }

  private void desire(Power wanted) {
    if (power() != wanted) {
      power = wanted.text();
      generation++;
    }
  }

  private void reason(String code, String message, String transition) {
    stateReasonCode = code;
    stateReasonMessage = message;
    stateTransitionReason = transition;
  }
}
