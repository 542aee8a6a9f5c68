package io.hanok.control.volume;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.control.agentclient.DocumentView;
import java.time.Instant;

/** Root volumes in the states that decisions depend on, for tests. */
public final class AttachedVolumes {
  private static final String ID = "vol-00000000000000001";
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private AttachedVolumes() {}

  /** Its host has it. */
  public static AttachedVolume ready(boolean deleteOnTermination) {
    Volume volume = volume();
    return new AttachedVolume(
        volume,
        attachment(deleteOnTermination),
        new DocumentView(
            1,
            volume.spec(),
            new DocumentView.Observed(
                1, true, new ResourceStatus.Volume("/pool/root.raw", 1L << 30), null)));
  }

  /** Its host is making it, or says why it cannot. */
  public static AttachedVolume making(AgentFault fault) {
    Volume volume = volume();
    return new AttachedVolume(
        volume,
        attachment(true),
        new DocumentView(1, volume.spec(), new DocumentView.Observed(1, false, null, fault)));
  }

  /** It ends with its instance; its host has proved that it is gone, or not yet. */
  public static AttachedVolume deleting(boolean gone) {
    Volume volume = volume();
    volume.deleteIntended(NOW);
    return new AttachedVolume(
        volume,
        attachment(true),
        new DocumentView(
            2,
            null,
            new DocumentView.Observed(gone ? 2 : 1, true, new ResourceStatus.Absent(), null)));
  }

  private static Volume volume() {
    return new Volume(
        ID,
        new NewVolume(
            "000000000001",
            "home-1a",
            "host-00000000000000001",
            "default",
            1,
            null,
            null,
            null,
            "ami-00000000000000001",
            "snap-00000000000000001"),
        NOW);
  }

  private static VolumeAttachment attachment(boolean deleteOnTermination) {
    return new VolumeAttachment(ID, "i-00000000000000001", "/dev/xvda", deleteOnTermination, NOW);
  }
}
