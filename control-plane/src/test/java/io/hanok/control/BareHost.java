package io.hanok.control;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A host that is rows only, with no agent behind it; removed with all that a test made on it, so
 * that tests that share a database do not meet it.
 *
 * @param id the host
 * @param zone a zone of its own
 * @param pool its pool, roomier than any other
 */
public record BareHost(String id, String zone, String pool) {

  /** Lets the host appear, all its agents having reported just now. */
  public void add(JdbcClient jdbc) {
    run(
        jdbc,
        List.of(
            "INSERT INTO zone (name) VALUES (:zone)",
            "INSERT INTO host (id, name, zone) VALUES (:id, :id, :zone)",
            """
            INSERT INTO agent (host_id, name, address, reported_at)
            SELECT :id, n, '127.0.0.1:1', now() FROM unnest(ARRAY['compute', 'storage', 'network']) n
            """,
            """
            INSERT INTO pool (host_id, name, kind, total_bytes, free_bytes)
            VALUES (:id, :pool, 'reflink', 9000000000000000000, 9000000000000000000)
            """));
  }

  /** Lets the host disappear without a trace. */
  public void remove(JdbcClient jdbc) {
    run(
        jdbc,
        List.of(
            """
            DELETE FROM work_item WHERE key LIKE :id || '%' OR kind = 'image'
              AND key IN (SELECT key FROM agent_document WHERE host_id = :id)
            """,
            "DELETE FROM observation WHERE host_id = :id",
            "DELETE FROM agent_document WHERE host_id = :id",
            "DELETE FROM volume WHERE host_id = :id",
            "DELETE FROM vm WHERE host_id = :id",
            "DELETE FROM instance WHERE zone = :zone",
            "DELETE FROM subnet WHERE zone = :zone",
            "DELETE FROM pool WHERE host_id = :id",
            "DELETE FROM agent WHERE host_id = :id",
            "DELETE FROM host WHERE id = :id",
            "DELETE FROM zone WHERE name = :zone"));
  }

  private void run(JdbcClient jdbc, List<String> statements) {
    for (String statement : statements) {
      jdbc.sql(statement).param("id", id).param("zone", zone).param("pool", pool).update();
    }
  }
}
