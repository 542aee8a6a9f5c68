package io.hanok.control.agentclient;

import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.Refusal;
import io.hanok.control.reconcile.Lease;
import io.hanok.control.reconcile.Outcome;
import io.hanok.control.reconcile.Reconciler;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * Pushes a document to its agent until the present generation is acknowledged; to an agent that is
 * silent, not before it reports.
 */
@Component
public class DocumentPusher implements Reconciler {
  static final String KIND = "document";

  /** Only a lost wake-up waits so long: an agent that reports again has its documents woken. */
  private static final Duration SILENCE = Duration.ofSeconds(5);

  private final AgentDocuments documents;
  private final AgentClient agents;
  private final AgentPresence presence;

  public DocumentPusher(AgentDocuments documents, AgentClient agents, AgentPresence presence) {
    this.documents = documents;
    this.agents = agents;
    this.presence = presence;
  }

  static String key(String hostId, DocumentKind kind, String key) {
    return hostId + "/" + kind.text() + "/" + key;
  }

  @Override
  public String kind() {
    return KIND;
  }

  @Override
  public Outcome reconcile(String key, Lease lease) {
    String[] parts = key.split("/", 3);
    String host = parts[0];
    DocumentKind kind = DocumentKind.ofText(parts[1]);
    Optional<DesiredDocument> document = documents.desired(host, kind, parts[2]);
    if (document.isEmpty()) {
      return Outcome.settled();
    }
    if (presence.silent(host, kind.agent())) {
      return Outcome.again(
          SILENCE, "the %s agent of %s to report".formatted(kind.agent().text(), host));
    }
    return switch (agents.put(host, document.get())) {
      case AgentClient.Answer.Accepted a -> {
        lease.write(() -> documents.acknowledged(host, document.get()));
        yield Outcome.settled();
      }
      case AgentClient.Answer.Refused r -> {
        if (r.refusal().code() == Refusal.Code.CONFLICTING_CONTENT) {
          // The agent knows this generation from a database that was restored since.
          lease.write(() -> documents.retry(host, kind, parts[2]));
        }
        yield new Outcome.Failed("the agent refused: " + r.refusal().message());
      }
      case AgentClient.Answer.Unreachable u -> new Outcome.Failed(u.why());
    };
  }
}
