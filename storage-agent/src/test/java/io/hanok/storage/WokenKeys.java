package io.hanok.storage;

import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.runtime.Wakeups;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Notes what was woken. */
final class WokenKeys implements Wakeups {
  final List<String> woken = new CopyOnWriteArrayList<>();

  @Override
  public void wake(DocumentKind kind, String key) {
    woken.add(kind.text() + " " + key);
  }

  @Override
  public void wakeAll(DocumentKind kind) {
    woken.add(kind.text() + " *");
  }

  @Override
  public void reportSoon() {
    woken.add("report");
  }
}
