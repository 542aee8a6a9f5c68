package io.hanok.compute;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import io.hanok.agent.api.ResourceStatus.ObservedPower;
import io.hanok.agent.api.ResourceStatus.OffReason;
import java.time.Instant;

/**
 * What must be remembered of a vm because the host itself cannot tell it any more.
 *
 * @param startedInBoot the host's boot in which its process was last seen, or null: never yet
 * @param shutdownBy who powered it off, as the event said, or null
 * @param offReason why it is off, once that is settled, or null
 * @param offSeenAt when it was first found off, or null
 * @param stop the power-off in course, or null
 * @param appliedReboots the reboot count that is satisfied
 * @param reboot the reboot in course, or null
 * @param ioRetriedAt when it was last resumed after a write error, or null
 * @param power the power last reported, or null
 * @param since when that power was first seen, or null
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record VmFacts(
    String startedInBoot,
    ShutdownBy shutdownBy,
    OffReason offReason,
    Instant offSeenAt,
    Stop stop,
    int appliedReboots,
    Reboot reboot,
    Instant ioRetriedAt,
    ObservedPower power,
    Instant since) {
  /** Nothing is known yet. */
  static final VmFacts NONE = new VmFacts(null, null, null, null, null, 0, null, null, null, null);

  /** Who powered a machine off. */
  enum ShutdownBy {
    /** Its own code, and nobody had asked for it: not its document, and not a host that stops. */
    GUEST,
    /** A host that stops, as far as can be known. */
    HOST,
    /** A signal to its process. */
    OUTSIDE
  }

  /**
   * A power-off in course.
   *
   * @param generation the document that asks for it
   * @param seenAt when that generation was first seen; the grace counts from here
   * @param askedAt when the guest was last asked, or null
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Stop(long generation, Instant seenAt, Instant askedAt) {}

  /**
   * A reboot in course.
   *
   * @param count the reboot count that it satisfies
   * @param since when it was first wanted; the deadline counts from here
   * @param askedAt when the guest was last asked, or null
   * @param seen whether the machine was reset since
   */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Reboot(int count, Instant since, Instant askedAt, boolean seen) {}

  /** What is left to remember when it is started anew. */
  @JsonIgnore
  VmFacts beforeStart() {
    return new VmFacts(null, null, null, null, null, 0, null, null, power, since);
  }

  VmFacts started(String boot, int satisfiedReboots) {
    return new VmFacts(boot, null, null, null, null, satisfiedReboots, null, null, power, since);
  }

  VmFacts shutDown(ShutdownBy by) {
    return new VmFacts(
        startedInBoot,
        by,
        offReason,
        offSeenAt,
        stop,
        appliedReboots,
        reboot,
        ioRetriedAt,
        power,
        since);
  }

  VmFacts off(OffReason reason, Instant seenAt) {
    return new VmFacts(
        startedInBoot,
        shutdownBy,
        reason,
        seenAt,
        stop,
        appliedReboots,
        reboot,
        ioRetriedAt,
        power,
        since);
  }

  VmFacts stopping(Stop newStop) {
    return new VmFacts(
        startedInBoot,
        shutdownBy,
        offReason,
        offSeenAt,
        newStop,
        appliedReboots,
        reboot,
        ioRetriedAt,
        power,
        since);
  }

  VmFacts rebooting(Reboot newReboot) {
    return new VmFacts(
        startedInBoot,
        shutdownBy,
        offReason,
        offSeenAt,
        stop,
        appliedReboots,
        newReboot,
        ioRetriedAt,
        power,
        since);
  }

  VmFacts rebooted(int count) {
    return new VmFacts(
        startedInBoot,
        shutdownBy,
        offReason,
        offSeenAt,
        stop,
        count,
        null,
        ioRetriedAt,
        power,
        since);
  }

  VmFacts ioRetried(Instant at) {
    return new VmFacts(
        startedInBoot,
        shutdownBy,
        offReason,
        offSeenAt,
        stop,
        appliedReboots,
        reboot,
        at,
        power,
        since);
  }

  VmFacts powered(ObservedPower newPower, Instant at) {
    return new VmFacts(
        startedInBoot,
        shutdownBy,
        offReason,
        offSeenAt,
        stop,
        appliedReboots,
        reboot,
        ioRetriedAt,
        newPower,
        at);
  }
}
