package io.hanok.agent.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.id.EniId;
import io.hanok.agent.api.id.HostId;
import io.hanok.agent.api.id.IdKind;
import io.hanok.agent.api.id.InstanceId;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.api.id.VolumeId;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ContractJsonTest {
  private final JsonMapper json = ContractJson.mapper();
  private final Random random = new Random(7);

  @Test
  void aDocumentComesBackAsItWasSent() {
    VmId vm = IdKind.VM.draw(random, VmId::new);
    var spec =
        new VmSpec(
            vm,
            IdKind.INSTANCE.draw(random, InstanceId::new),
            DesiredPower.PAUSED,
            60,
            0,
            2,
            512,
            "ec2e1916-9099-7caf-fd21-012345abcdef",
            List.of(
                new VmSpec.Disk(IdKind.VOLUME.draw(random, VolumeId::new), "/pool/x.raw", "vda")),
            List.of(
                new VmSpec.Nic(IdKind.ENI.draw(random, EniId::new), "0a:00:00:00:00:01", 1450)));
    var document = new DesiredDocument(DocumentKind.VM, vm.value(), 3, spec);

    String text = json.writeValueAsString(document);

    assertThat(json.readValue(text, DesiredDocument.class)).isEqualTo(document);
    assertThat(text).contains("\"type\":\"VmSpec\"").contains("\"kind\":\"vm\"");
  }

  @Test
  void anAbsentDocumentHasNoSpec() {
    var document = new DesiredDocument(DocumentKind.VM, "vm-00000000000000001", 4, null);
    String text = json.writeValueAsString(document);
    assertThat(text).doesNotContain("spec").doesNotContain("present");
    assertThat(json.readValue(text, DesiredDocument.class).present()).isFalse();
  }

  @Test
  void aReportComesBackAsItWasSent() {
    var report =
        new AgentReport(
            IdKind.HOST.draw(random, HostId::new),
            AgentName.COMPUTE,
            Instant.parse("2026-01-01T00:00:00Z"),
            9,
            "0.1.0",
            new HostFacts(2, 1024, "qemu", null, null),
            List.of(
                new Observation(
                    DocumentKind.VM,
                    "vm-00000000000000001",
                    4,
                    false,
                    new ResourceStatus.Vm(
                        ResourceStatus.ObservedPower.OFF,
                        ResourceStatus.OffReason.GUEST,
                        Instant.parse("2026-01-01T00:00:01Z")),
                    new AgentFault(AgentFault.Code.HOST_ERROR, "no"))),
            List.of(new HostObject("domain", "vm-00000000000000001", null, true)));
    assertThat(json.readValue(json.writeValueAsString(report), AgentReport.class))
        .isEqualTo(report);
  }

  @Test
  void aFieldOfALaterVersionIsIgnored() {
    var read =
        json.readValue(
            "{\"kind\":\"vm\",\"key\":\"vm-1\",\"generation\":1,\"later\":{\"x\":[1]}}",
            DesiredDocument.class);
    assertThat(read.generation()).isEqualTo(1);
  }

  @Test
  void idsRefuseWhatIsNotTheirs() {
    assertThatThrownBy(() -> new InstanceId("vol-00000000000000001")).hasMessageContaining("i-");
    assertThatThrownBy(() -> new InstanceId(null)).isInstanceOf(IllegalArgumentException.class);
    assertThat(IdKind.of("eni-attach-00000000000000001")).contains(IdKind.ENI_ATTACHMENT);
    assertThat(IdKind.of("eni-00000000000000001")).contains(IdKind.ENI);
    assertThat(IdKind.of("nonsense")).isEmpty();
  }

  @Test
  void aDrawnIdIsWellFormed() {
    for (IdKind kind : IdKind.values()) {
      assertThat(kind.matches(kind.draw(random))).isTrue();
    }
  }

  @Test
  void aJoinTokenComesBackFromItsText() {
    var token = new JoinToken("https://127.0.0.1:8774", "ab".repeat(32), "s3cret");
    assertThat(JoinToken.parse(token.text())).isEqualTo(token);
    assertThatThrownBy(() -> JoinToken.parse("hello")).hasMessageContaining("hanok1.");
  }

  @Test
  void aTapNameFitsIntoADeviceName() {
    String tap = TapName.of(IdKind.ENI.draw(random, EniId::new));
    assertThat(tap).hasSize(15);
    assertThat(TapName.matches(tap)).isTrue();
  }
}
