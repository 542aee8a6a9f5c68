package io.hanok.control.agentclient;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.api.AgentReport;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostFacts;
import io.hanok.agent.api.id.HostId;
import io.hanok.control.BareHost;
import io.hanok.control.ControlPlaneTest;
import io.hanok.control.host.HostReports;
import io.hanok.control.reconcile.Outcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** A host that is off costs no connection attempts, and gets its documents when it is back. */
@ControlPlaneTest
class DocumentPusherTest {
  private static final String VOLUME = "vol-00000000000000ab1";

  @Autowired JdbcClient jdbc;
  @Autowired AgentDocuments documents;
  @Autowired AgentPresence presence;
  @Autowired HostReports reports;

  private final BareHost host = new BareHost("host-00000000000000ab1", "home-1j", "default");
  private final List<String> asked = new ArrayList<>();
  private long sequence;

  @BeforeEach
  void aDocument() {
    host.add(jdbc);
    documents.putAbsent(host.id(), DocumentKind.VOLUME, VOLUME);
    jdbc.sql("DELETE FROM work_item WHERE key = :key").param("key", key()).update();
  }

  @AfterEach
  void noHost() {
    host.remove(jdbc);
  }

  @Test
  void anAgentThatReportsIsAsked() {
    assertThat(push()).isInstanceOf(Outcome.Failed.class);
    assertThat(asked).containsExactly(VOLUME);
  }

  @Test
  void anAgentThatIsSilentIsLeftAloneUntilItReports() {
    reportedBefore("interval '1 hour'");
    waitsForTheReport();
    report();
    assertThat(woken()).isTrue();
    assertThat(push()).isInstanceOf(Outcome.Failed.class);
    assertThat(asked).containsExactly(VOLUME);
  }

  @Test
  void anAgentThatHasNeverReportedIsLeftAloneUntilItDoes() {
    reportedBefore("NULL::interval");
    waitsForTheReport();
    report();
    assertThat(woken()).isTrue();
  }

  @Test
  void theUsualReportWakesNothing() {
    report();
    assertThat(woken()).isFalse();
  }

  @Test
  void whatIsAcknowledgedIsNotPushedAgainAfterASilence() {
    jdbc.sql("UPDATE agent_document SET acked_generation = generation WHERE host_id = :host")
        .param("host", host.id())
        .update();
    // It is in the agent's ledger; that of another agent is not this one's business.
    documents.putAbsent(host.id(), DocumentKind.VM, "vm-00000000000000ab1");
    jdbc.sql("DELETE FROM work_item WHERE key LIKE :host || '%'").param("host", host.id()).update();
    reportedBefore("interval '1 hour'");
    presence.returned(host.id(), AgentName.STORAGE);
    assertThat(woken()).isFalse();
  }

  private void waitsForTheReport() {
    assertThat(push())
        .isInstanceOfSatisfying(
            Outcome.Again.class,
            again -> assertThat(again.waitingFor()).contains("storage").contains(host.id()));
    assertThat(asked).isEmpty();
  }

  private Outcome push() {
    AgentClient unreachable =
        new AgentClient() {
          @Override
          public Answer put(String hostId, DesiredDocument document) {
            asked.add(document.key());
            return new Answer.Unreachable("cut off");
          }

          @Override
          public Answer get(String hostId, AgentName agent, String path) {
            throw new AssertionError("nobody reads");
          }
        };
    return new DocumentPusher(documents, unreachable, presence).reconcile(key(), null);
  }

  private void reportedBefore(String age) {
    jdbc.sql("UPDATE agent SET reported_at = now() - %s WHERE host_id = :host".formatted(age))
        .param("host", host.id())
        .update();
  }

  private void report() {
    reports.accept(
        new AgentReport(
            new HostId(host.id()),
            AgentName.STORAGE,
            Instant.parse("2026-01-01T00:00:00Z"),
            ++sequence,
            "test",
            HostFacts.NONE,
            List.of(),
            List.of()));
  }

  private boolean woken() {
    return jdbc.sql("SELECT count(*) FROM work_item WHERE key LIKE :host || '/%'")
            .param("host", host.id())
            .query(Long.class)
            .single()
        > 0;
  }

  private String key() {
    return DocumentPusher.key(host.id(), DocumentKind.VOLUME, VOLUME);
  }
}
