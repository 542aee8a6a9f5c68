package io.hanok.control.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.control.ControlPlaneTest;
import io.hanok.control.shared.HanokProperties;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

@ControlPlaneTest
class ReconcileEngineTest {
  private static final String KIND = "engine-test";

  @Autowired WorkQueue queue;
  @Autowired WorkSignal signal;
  @Autowired RandomGenerator random;
  @Autowired HanokProperties properties;
  @Autowired JdbcClient jdbc;

  @AfterEach
  void noWork() {
    jdbc.sql("DELETE FROM work_item WHERE kind = :kind").param("kind", KIND).update();
  }

  @Test
  void anErrorFailsTheItemAndIsSeen() {
    Reconciler broken =
        new Reconciler() {
          @Override
          public String kind() {
            return KIND;
          }

          @Override
          public Outcome reconcile(String key, Lease lease) {
            throw new NoClassDefFoundError("io/hanok/Missing");
          }
        };
    ReconcileEngine engine =
        new ReconcileEngine(queue, signal, random, List.of(broken), properties, false);
    queue.wake(KIND, "a");
    assertThat(engine.runDue()).isOne();
    assertThat(
            jdbc.sql(
                    """
                    SELECT last_error FROM work_item
                    WHERE kind = :kind AND lease_token IS NULL AND due_at > now()
                    """)
                .param("kind", KIND)
                .query(String.class)
                .single())
        .contains("NoClassDefFoundError")
        .contains("io/hanok/Missing");
  }
}
