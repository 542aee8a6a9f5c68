package io.hanok.compute;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.ResourceStatus.ObservedPower;
import io.hanok.agent.api.ResourceStatus.OffReason;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.compute.HostProfile.Acceleration;
import io.hanok.compute.VmFacts.Reboot;
import io.hanok.compute.VmFacts.ShutdownBy;
import io.hanok.compute.VmFacts.Stop;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Facts, console logs and pictures, and what the host's own files tell. */
class FilesOfAVmTest {
  private static final VmId VM = Vms.id(1);
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00.123456789Z");

  @TempDir Path directory;

  @Test
  void factsAreReadBackAsWrittenAndForgottenWhenDeleted() {
    VmFacts facts =
        new VmFacts(
            "boot",
            ShutdownBy.GUEST,
            OffReason.GUEST,
            NOW,
            new Stop(3, NOW, NOW),
            2,
            new Reboot(3, NOW, null, true),
            NOW,
            ObservedPower.OFF,
            NOW);
    VmFactsStore store = new VmFactsStore(directory.resolve("vms"));
    assertThat(store.replace(VM, Optional.empty(), facts)).isTrue();
    assertThat(new VmFactsStore(directory.resolve("vms")).read(VM)).contains(facts);
    store.delete(VM);
    store.delete(VM);
    assertThat(store.read(VM)).isEmpty();
  }

  @Test
  void aConvergenceCannotOverwriteAnEventThatItHasNotRead() {
    VmFactsStore store = new VmFactsStore(directory);
    VmFacts started = VmFacts.NONE.started("boot", 0);
    store.replace(VM, Optional.empty(), started);
    Optional<VmFacts> read = store.read(VM);
    store.update(VM, facts -> facts.shutDown(ShutdownBy.GUEST));

    assertThat(store.replace(VM, read, started.powered(ObservedPower.RUNNING, NOW))).isFalse();
    assertThat(store.read(VM)).contains(started.shutDown(ShutdownBy.GUEST));
  }

  @Test
  void anEventOfARemovedVmDoesNotBringItsFactsBack() {
    VmFactsStore store = new VmFactsStore(directory);
    store.update(VM, facts -> facts.shutDown(ShutdownBy.GUEST));
    assertThat(directory.toFile().list()).isEmpty();
  }

  @Test
  void aDamagedFileIsAnErrorAndNeverNothing() throws IOException {
    Files.writeString(directory.resolve(VM + ".json"), "{\"startedIn");
    assertThatThrownBy(() -> new VmFactsStore(directory).read(VM))
        .isInstanceOf(AgentException.class);
  }

  @Test
  void aConsolesTailIsAnsweredAndALongLogIsBoundedWhileTheGuestGoesOn() throws IOException {
    Consoles consoles = new Consoles(directory);
    assertThat(consoles.tail(VM)).isEmpty();
    Path log = directory.resolve(VM + ".log");
    Files.writeString(log, "x".repeat((int) Consoles.LIMIT_BYTES) + "the end");
    assertThat(text(consoles.tail(VM))).hasSize(Consoles.TAIL_BYTES).endsWith("xthe end");

    consoles.bound(VM);
    assertThat(Files.size(log)).isEqualTo(Consoles.TAIL_BYTES);
    Files.writeString(log, ", and on", StandardOpenOption.APPEND);
    assertThat(text(consoles.tail(VM))).endsWith("xthe end, and on");
    consoles.bound(VM);
    assertThat(Files.size(log)).isEqualTo(Consoles.TAIL_BYTES + 8);
  }

  private static String text(Optional<byte[]> bytes) {
    return new String(bytes.orElseThrow(), StandardCharsets.US_ASCII);
  }

  @Test
  void aPpmBecomesAPngOfTheSamePixelsAndAnythingElseIsRefused() throws IOException {
    byte[] ppm = {'P', '6', '\n', '2', ' ', '1', '\n', '2', '5', '5', '\n', -1, 0, 0, 0, 0, -1};
    var image = ImageIO.read(new ByteArrayInputStream(Screenshots.png(ppm)));
    assertThat(image.getWidth()).isEqualTo(2);
    assertThat(image.getRGB(0, 0) & 0xffffff).isEqualTo(0xff0000);
    assertThat(image.getRGB(1, 0) & 0xffffff).isEqualTo(0x0000ff);

    for (byte[] bad :
        new byte[][] {
          {},
          {'P', '6'},
          "P6\n2 1\n255\n123".getBytes(StandardCharsets.US_ASCII),
          "P6\n99999 99999\n255\n".getBytes(StandardCharsets.US_ASCII),
          "GIF89a".getBytes(StandardCharsets.US_ASCII)
        }) {
      assertThatThrownBy(() -> Screenshots.png(bad)).isInstanceOf(AgentException.class);
    }
  }

  @Test
  void onlyOurTapsAreTaps() throws IOException {
    Path netDev = directory.resolve("dev");
    Files.writeString(
        netDev,
        """
        Inter-|   Receive
         face |bytes    packets
            lo:  104  1
        e0123456789abcd: 0 0
          eth0: 1 1
        e0123: 1 1
        """);
    assertThat(Taps.of(netDev).here()).containsExactly("e0123456789abcd");
  }

  @Test
  void accelerationNeedsTheDeviceAndTheProcessorsFlag() throws IOException {
    Path kvm = Files.createFile(directory.resolve("kvm"));
    HostProbe with = probe("flags : fpu vmx sse", kvm);
    HostProbe without = probe("flags : fpu sse", kvm);
    assertThat(with.acceleration("auto")).isEqualTo(Acceleration.KVM);
    assertThat(without.acceleration("auto")).isEqualTo(Acceleration.QEMU);
    assertThat(without.acceleration("kvm")).isEqualTo(Acceleration.KVM);
    assertThat(with.acceleration("qemu")).isEqualTo(Acceleration.QEMU);
    assertThat(probe("flags : vmx", directory.resolve("none")).acceleration("auto"))
        .isEqualTo(Acceleration.QEMU);
    assertThatThrownBy(() -> with.acceleration("fast"))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(with.facts(Acceleration.KVM, "libvirt 9"))
        .satisfies(
            facts -> {
              assertThat(facts.cpus()).isEqualTo(2);
              assertThat(facts.memoryMiB()).isEqualTo(2048);
              assertThat(facts.acceleration()).isEqualTo("kvm");
            });
  }

  private HostProbe probe(String flags, Path kvm) throws IOException {
    Path proc = Files.createTempDirectory(directory, "proc");
    Files.writeString(
        proc.resolve("cpuinfo"), "processor : 0\n" + flags + "\nprocessor : 1\n" + flags + "\n");
    Files.writeString(proc.resolve("meminfo"), "MemTotal:  2097152 kB\nMemFree: 1 kB\n");
    return new HostProbe(proc, kvm);
  }
}
