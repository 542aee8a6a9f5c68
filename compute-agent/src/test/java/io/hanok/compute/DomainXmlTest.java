package io.hanok.compute;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.DesiredPower;
import io.hanok.agent.api.VmSpec;
import io.hanok.agent.api.id.EniId;
import io.hanok.agent.api.id.InstanceId;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.api.id.VolumeId;
import io.hanok.compute.HostProfile.Acceleration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The printed definitions, against golden files; {@code -Dgolden.write=true} writes them anew, to
 * be read in the diff.
 */
class DomainXmlTest {
  private static final Path GOLDEN = Path.of("src/test/resources/domains");

  @Test
  void aSmallGuestUnderEmulation() throws IOException {
    assertGolden("emulated.xml", Vms.spec(1, Path.of("/pool/vol-1.raw")), Acceleration.QEMU);
  }

  @Test
  void aGuestWithTwoDisksAndTwoInterfacesUnderKvm() throws IOException {
    assertGolden("kvm.xml", large("/dev/pool/vol-a"), Acceleration.KVM);
  }

  @Test
  void textOfTheSpecCannotBecomeMarkup() {
    String xml = DomainXml.of(large("/pool/a'/><evil a=\"&<>"), profile(Acceleration.KVM));
    assertThat(xml).doesNotContain("<evil").contains("&lt;evil a=&quot;&amp;&lt;&gt;");
  }

  @Test
  void theMarkIsReadBackAndNothingElseIsTakenForIt() {
    VmSpec spec = Vms.reboots(large("/pool/a"), 7);
    String xml = DomainXml.of(spec, profile(Acceleration.QEMU));
    assertThat(DomainMetadata.read(xml)).contains(DomainMetadata.of(spec));
    assertThat(DomainMetadata.read(xml).orElseThrow().reboots()).isEqualTo(7);

    assertThat(DomainMetadata.read(xml.replace(DomainMetadata.NAMESPACE, "urn:other"))).isEmpty();
    assertThat(DomainMetadata.read(xml.replace("<name>vm-", "<name>copy-of-vm-"))).isEmpty();
    assertThat(DomainMetadata.read("<domain><name>web</name></domain>")).isEmpty();
    assertThat(DomainMetadata.read("<domain><name>")).isEmpty();
  }

  private static VmSpec large(String boot) {
    return new VmSpec(
        new VmId("vm-0123456789abcdef0"),
        new InstanceId("i-0fedcba9876543210"),
        DesiredPower.RUNNING,
        60,
        3,
        4,
        16_384,
        "ec2abcde-0123-4567-89ab-cdef01234567",
        List.of(
            new VmSpec.Disk(new VolumeId("vol-0123456789abcdef0"), boot, "vda"),
            new VmSpec.Disk(
                new VolumeId("vol-0fedcba9876543210"), "/pool/vol-0fedcba9876543210.raw", "vdb")),
        List.of(
            new VmSpec.Nic(new EniId("eni-0123456789abcdef0"), "0a:12:34:56:78:9a", 1450),
            new VmSpec.Nic(new EniId("eni-0fedcba9876543210"), "0a:12:34:56:78:9b", 9001)));
  }

  private static HostProfile profile(Acceleration acceleration) {
    return new HostProfile(
        acceleration, Path.of("/usr/bin/qemu-system-x86_64"), Path.of("/var/lib/hanok/consoles"));
  }

  private static void assertGolden(String file, VmSpec spec, Acceleration acceleration)
      throws IOException {
    String printed = DomainXml.of(spec, profile(acceleration));
    if (Boolean.getBoolean("golden.write")) {
      Files.writeString(GOLDEN.resolve(file), printed);
    }
    assertThat(printed).isEqualTo(Files.readString(GOLDEN.resolve(file)));
  }
}
