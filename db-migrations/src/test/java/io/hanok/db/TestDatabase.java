package io.hanok.db;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import org.flywaydb.core.Flyway;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.postgresql.PostgreSQLContainer;

/**
 * Real PostgreSQL for tests: one server per JVM, in a container where a Docker engine answers and
 * from embedded binaries otherwise; each caller gets a database of its own, copied from a migrated
 * template.
 *
 * @param url JDBC URL of a fresh database with all migrations applied
 * @param user owner of the database
 * @param password the owner's password
 */
public record TestDatabase(String url, String user, String password) {
  private static final String TEMPLATE = "hanok_template";
  private static final AtomicInteger COUNT = new AtomicInteger();

  /** Makes a fresh, migrated database. */
  public static TestDatabase fresh() {
    return Server.ONE.copyOf(TEMPLATE);
  }

  /** Makes a fresh database without any table. */
  public static TestDatabase empty() {
    return Server.ONE.copyOf("template1");
  }

  /** Opens a connection. */
  public Connection connect() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", user);
    properties.setProperty("password", password);
    return DriverManager.getConnection(url, properties);
  }

  /** Flyway over this database. */
  public Flyway flyway(String target) {
    return Flyway.configure()
        .dataSource(url, user, password)
        .locations("classpath:db/migration")
        .target(target)
        .load();
  }

  private enum Server {
    ONE;

    private final TestDatabase admin;

    Server() {
      admin = DockerClientFactory.instance().isDockerAvailable() ? container() : embedded();
      sql("CREATE DATABASE " + TEMPLATE);
      named(TEMPLATE).flyway("latest").migrate();
    }

    private static TestDatabase container() {
      // Ends with the JVM, by the library's own reaper.
      PostgreSQLContainer server = new PostgreSQLContainer("postgres:15");
      server.start();
      return new TestDatabase(server.getJdbcUrl(), server.getUsername(), server.getPassword());
    }

    private static TestDatabase embedded() {
      try {
        EmbeddedPostgres server =
            EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("max_connections", "200")
                .start();
        return new TestDatabase(server.getJdbcUrl("postgres", "postgres"), "postgres", "postgres");
      } catch (IOException e) {
        throw new UncheckedIOException("the embedded PostgreSQL did not start", e);
      }
    }

    private synchronized TestDatabase copyOf(String template) {
      String name = "hanok_test_" + COUNT.incrementAndGet();
      sql("CREATE DATABASE " + name + " TEMPLATE " + template);
      return named(name);
    }

    private TestDatabase named(String database) {
      return new TestDatabase(
          admin.url().replaceFirst("/[^/?]+(\\?|$)", "/" + database + "$1"),
          admin.user(),
          admin.password());
    }

    private void sql(String statement) {
      try (Connection c = admin.connect();
          Statement s = c.createStatement()) {
        s.execute(statement);
      } catch (SQLException e) {
        throw new IllegalStateException(statement, e);
      }
    }
  }
}
