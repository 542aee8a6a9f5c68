package io.hanok.control.region;

import io.hanok.control.host.HostSilence;
import java.sql.Timestamp;
import java.time.Clock;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Lists the zones that hosts have named. */
@Service
public class Zones {
  private final JdbcClient jdbc;
  private final HostSilence silence;
  private final Clock clock;

  public Zones(JdbcClient jdbc, HostSilence silence, Clock clock) {
    this.jdbc = jdbc;
    this.silence = silence;
    this.clock = clock;
  }

  /** All zones, by name. */
  @Transactional(readOnly = true)
  public List<Zone> all() {
    return jdbc.sql(
            """
            SELECT z.name, coalesce(max(a.reported_at) > :since, false) AS available
            FROM zone z LEFT JOIN host h ON h.zone = z.name LEFT JOIN agent a ON a.host_id = h.id
            GROUP BY z.name ORDER BY z.name
            """)
        .param("since", Timestamp.from(clock.instant().minus(silence.patience())))
        .query((row, n) -> new Zone(row.getString("name"), row.getBoolean("available")))
        .list();
  }
}
