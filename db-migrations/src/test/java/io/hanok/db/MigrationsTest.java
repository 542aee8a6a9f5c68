package io.hanok.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import org.flywaydb.core.api.MigrationInfo;
import org.junit.jupiter.api.Test;

class MigrationsTest {
  /**
   * Each migration is applied to a database that holds rows: the rows of every table that a test
   * data file of an earlier version fills.
   */
  @Test
  void eachMigrationAppliesToAPopulatedDatabase() throws Exception {
    TestDatabase database = TestDatabase.empty();
    List<String> filled = new ArrayList<>();
    for (MigrationInfo migration : database.flyway("latest").info().all()) {
      String version = migration.getVersion().getVersion();
      database.flyway(version).migrate();
      var rows = MigrationsTest.class.getResourceAsStream("/populate/V" + version + ".sql");
      if (rows != null) {
        try (rows;
            Connection c = database.connect();
            Statement s = c.createStatement()) {
          s.execute(new String(rows.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
        filled.add(version);
      }
    }
    assertThat(filled).isNotEmpty();
    assertThat(strings(database, tablesWithoutRows())).as("tables no test data fills").isEmpty();
  }

  @Test
  void everyIdColumnIsChecked() throws Exception {
    TestDatabase database = TestDatabase.fresh();
    // A column that holds a resource id has a domain that checks its form.
    List<String> unchecked =
        strings(
            database,
            """
            SELECT table_name || '.' || column_name FROM information_schema.columns
            WHERE table_schema = 'public' AND column_name LIKE '%\\_id' AND domain_name IS NULL
              AND table_name NOT IN ('flyway_schema_history', 'orphan', 'tag')
            """);
    assertThat(unchecked).isEmpty();
  }

  @Test
  void theDatabaseRefusesWhatMustNotBe() throws Exception {
    TestDatabase database = TestDatabase.empty();
    database.flyway("latest").migrate();
    populate(database);
    assertRefused(database, "UPDATE instance SET id = 'i-short'");
    assertRefused(
        database,
        "INSERT INTO vm (id, instance_id, host_id, vcpus, memory_mib, first_reboot_count)"
            + " SELECT 'vm-00000000000000009', instance_id, host_id, 1, 1, 0 FROM vm");
    assertRefused(
        database,
        "INSERT INTO subnet (id, account_id, vpc_id, zone, cidr) SELECT"
            + " 'subnet-00000000000000009', account_id, vpc_id, zone, '172.31.0.128/25' FROM"
            + " subnet");
    assertRefused(
        database,
        "INSERT INTO security_group_rule (id, account_id, group_id, egress, protocol, from_port,"
            + " to_port, cidr) SELECT 'sgr-00000000000000009', account_id, group_id, egress,"
            + " protocol, from_port, to_port, cidr FROM security_group_rule WHERE cidr IS NOT"
            + " NULL");
    assertRefused(database, "UPDATE public_address SET eni_id = NULL");
  }

  private static void populate(TestDatabase database) throws Exception {
    for (MigrationInfo migration : database.flyway("latest").info().all()) {
      String version = migration.getVersion().getVersion();
      var rows = MigrationsTest.class.getResourceAsStream("/populate/V" + version + ".sql");
      if (rows != null) {
        try (rows;
            Connection c = database.connect();
            Statement s = c.createStatement()) {
          s.execute(new String(rows.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        }
      }
    }
  }

  private static void assertRefused(TestDatabase database, String sql) {
    assertThatThrownBy(
            () -> {
              try (Connection c = database.connect();
                  Statement s = c.createStatement()) {
                s.execute(sql);
              }
            })
        .as(sql)
        .isInstanceOf(SQLException.class);
  }

  private static String tablesWithoutRows() {
    return """
    SELECT relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND relkind = 'r'
      AND (xpath('/row/n/text()', query_to_xml(
            format('SELECT count(*) AS n FROM %I', relname), false, true, '')))[1]::text = '0'
    """;
  }

  private static List<String> strings(TestDatabase database, String sql) throws SQLException {
    List<String> found = new ArrayList<>();
    try (Connection c = database.connect();
        Statement s = c.createStatement();
        ResultSet rows = s.executeQuery(sql)) {
      while (rows.next()) {
        found.add(rows.getString(1));
      }
    }
    return found;
  }
}
