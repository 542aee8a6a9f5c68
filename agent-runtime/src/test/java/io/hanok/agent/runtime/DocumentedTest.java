package io.hanok.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DesiredPower;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.TapName;
import io.hanok.agent.api.VmSpec;
import io.hanok.agent.api.VolumeSpec;
import io.hanok.agent.api.id.EniId;
import io.hanok.agent.api.id.ImageId;
import io.hanok.agent.api.id.InstanceId;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.api.id.VolumeId;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentedTest {
  private static final VmId VM = new VmId("vm-00000000000000001");
  private static final EniId ENI = new EniId("eni-0000000000000abcd");
  private static final ImageId IMAGE = new ImageId("ami-00000000000000005");

  @TempDir private Path directory;
  private Ledger ledger;

  @BeforeEach
  void open() throws Exception {
    ledger = Ledger.open(directory, new HandClock(), Ledger.RETENTION);
    ledger.accept(
        new DesiredDocument(
            DocumentKind.VM,
            VM.value(),
            1,
            new VmSpec(
                VM,
                new InstanceId("i-00000000000000002"),
                DesiredPower.RUNNING,
                60,
                0,
                1,
                512,
                "ec2e1916-9099-7caf-fd21-012345abcdef",
                List.of(new VmSpec.Disk(new VolumeId(Documents.key(8)), "/pool/x", "vda")),
                List.of(new VmSpec.Nic(ENI, "0a:00:00:00:00:01", 1450)))));
    ledger.accept(
        new DesiredDocument(
            DocumentKind.VOLUME,
            Documents.key(1),
            1,
            new VolumeSpec(new VolumeId(Documents.key(1)), "pool", 100, IMAGE)));
    ledger.accept(Documents.absent(2, 4));
  }

  private boolean documented(String kind, String name, String id) {
    return Documented.by(ledger)
        .mark(List.of(new HostObject(kind, name, id, false)))
        .getFirst()
        .documented();
  }

  @Test
  void aThingOfAPresentDocumentIsAskedFor() {
    assertThat(documented("domain", "x", VM.value())).isTrue();
    assertThat(documented("volume", "x", Documents.key(1))).isTrue();
  }

  @Test
  void aBaseThatAVolumeIsMadeFromIsAskedFor() {
    assertThat(documented("base", "x", IMAGE.value())).isTrue();
  }

  @Test
  void aTapIsKnownByItsName() {
    assertThat(documented("tap", TapName.of(ENI), null)).isTrue();
    assertThat(documented("tap", "e00000000000000", null)).isFalse();
  }

  @Test
  void whatIsUnwantedOrUnknownIsNotAskedFor() {
    assertThat(documented("volume", "x", Documents.key(2))).isFalse();
    assertThat(documented("volume", "x", Documents.key(3))).isFalse();
    assertThat(documented("volume", "x", null)).isFalse();
  }
}
