package io.hanok.control;

import io.hanok.db.TestDatabase;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfiguration;

/**
 * A test of the control plane on real PostgreSQL: the whole application with a fresh database, on
 * random ports, with work carried out only when the test runs it ({@code
 * ReconcileEngine.runDue()}).
 */
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
@SpringBootTest(
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {"hanok.reconcile-automatically=false", "hanok.work-signal=false"})
@ContextConfiguration(initializers = ControlPlaneTest.Settings.class)
public @interface ControlPlaneTest {

  /** Points the application at its own database and a master key of its own. */
  final class Settings implements ApplicationContextInitializer<ConfigurableApplicationContext> {
    @Override
    public void initialize(ConfigurableApplicationContext context) {
      TestDatabase database = TestDatabase.fresh();
      try {
        Path directory = Files.createTempDirectory("control-plane-test");
        Path key = Files.writeString(directory.resolve("master.key"), "0f".repeat(32));
        Path credentials = directory.resolve("credentials");
        // Spring keeps applications for later tests, so the files go with the process; the last
        // one named goes first.
        for (Path file : List.of(directory, key, credentials)) {
          file.toFile().deleteOnExit();
        }
        int agentsPort;
        try (ServerSocket free = new ServerSocket(0)) {
          agentsPort = free.getLocalPort();
        }
        TestPropertyValues.of(
                Map.of(
                    "spring.datasource.url", database.url(),
                    "spring.datasource.username", database.user(),
                    "spring.datasource.password", database.password(),
                    "hanok.agents-port", String.valueOf(agentsPort),
                    "hanok.bootstrap-credentials-file", credentials.toString(),
                    "hanok.master-key-file", key.toString()))
            .applyTo(context);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
