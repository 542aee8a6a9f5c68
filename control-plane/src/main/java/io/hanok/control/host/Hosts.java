package io.hanok.control.host;

import io.hanok.control.shared.CloudException;
import io.hanok.control.shared.ErrorCode;
import java.math.BigDecimal;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** The registry of hosts, and which of them has room. Capacity is computed from rows. */
@Service
public class Hosts {
  private final JdbcClient jdbc;
  private final HostSilence silence;

  public Hosts(JdbcClient jdbc, HostSilence silence) {
    this.jdbc = jdbc;
    this.silence = silence;
  }

  /**
   * A place for a virtual machine.
   *
   * @param hostId the host
   * @param pool its pool for the root volume
   */
  public record Place(String hostId, String pool) {}

  /**
   * A host as operators see it.
   *
   * @param reporting whether all of its agents were heard of lately
   * @param cpusUsed virtual processors of the machines on it
   * @param memoryUsedMiB their memory in MiB
   */
  public record HostView(
      String id,
      String name,
      String zone,
      boolean schedulable,
      boolean reporting,
      Integer cpus,
      Integer memoryMiB,
      String acceleration,
      int cpusUsed,
      int memoryUsedMiB,
      int instances) {}

  /**
   * Chooses the host of a zone with the most free memory that has room, and locks its row: the
   * caller's transaction then writes the vm row that is the reservation.
   *
   * @param hostId the only host that may be chosen (where the volumes live), or null for any
   * @param diskBytes room that the pool must have free, as that much is written at once
   * @param volumeBytes size of the volume: volumes share a pool's room, but one that is larger than
   *     the whole pool could never be filled
   * @throws CloudException InsufficientInstanceCapacity or InsufficientVolumeCapacity; nothing has
   *     been written then, and the caller may go on
   */
  @Transactional(propagation = Propagation.MANDATORY, noRollbackFor = CloudException.class)
  public Place place(
      String zone, String hostId, int vcpus, int memoryMiB, long diskBytes, long volumeBytes) {
    List<Candidate> locked =
        jdbc.sql(
                """
                SELECT h.id, p.name, p.free_bytes, p.total_bytes FROM host h
                JOIN LATERAL (SELECT name, free_bytes, total_bytes FROM pool WHERE host_id = h.id
                  ORDER BY free_bytes DESC LIMIT 1) p ON true
                WHERE h.zone = :zone AND (:host::text IS NULL OR h.id = :host)
                  AND h.schedulable AND h.cpus IS NOT NULL
                  AND (SELECT min(reported_at) FROM agent a WHERE a.host_id = h.id)
                    > now() - make_interval(secs => :silence)
                ORDER BY h.id FOR NO KEY UPDATE OF h
                """)
            .param("zone", zone)
            .param("host", hostId)
            .param("silence", silence.patience().toMillis() / 1000.0)
            .query(
                (r, n) ->
                    new Candidate(
                        new Place(r.getString(1), r.getString(2)), r.getLong(3), r.getLong(4)))
            .list();
    Place best = null;
    long bestMemory = -1;
    boolean poolsTooSmall = false;
    for (Candidate candidate : locked) {
      Place place = candidate.place();
      long free = freeMemory(place.hostId());
      if (free < memoryMiB || freeCpus(place.hostId()) < vcpus) {
        continue;
      }
      if (candidate.freeBytes() < diskBytes || candidate.totalBytes() < volumeBytes) {
        poolsTooSmall = true;
      } else if (free > bestMemory) {
        best = place;
        bestMemory = free;
      }
    }
    if (best == null && poolsTooSmall) {
      throw new CloudException(
          ErrorCode.INSUFFICIENT_VOLUME_CAPACITY,
          "No volume pool of a fitting host in %s is of %d MiB and has %d MiB free."
                  .formatted(zone, volumeBytes >> 20, diskBytes >> 20)
              + " Ask for a smaller volume, delete volumes, or enlarge a pool.");
    }
    if (best == null) {
      throw new CloudException(
          ErrorCode.INSUFFICIENT_INSTANCE_CAPACITY,
          "There is no host in %s with %d vCPUs and %d MiB of memory free (%d hosts report)."
                  .formatted(zone, vcpus, memoryMiB, locked.size())
              + " Try a smaller type, terminate instances, or add a host.");
    }
    return best;
  }

  /** A host that might be chosen, with the space of its roomiest pool. */
  private record Candidate(Place place, long freeBytes, long totalBytes) {}

  private long freeCpus(String host) {
    return jdbc.sql(
            """
            SELECT floor(cpus * cpu_overcommit)::bigint - coalesce(
              (SELECT sum(vcpus) FROM vm WHERE host_id = h.id AND ended_at IS NULL), 0)
            FROM host h WHERE id = :host
            """)
        .param("host", host)
        .query(Long.class)
        .single();
  }

  private long freeMemory(String host) {
    return jdbc.sql(
            """
            SELECT floor((memory_mib - memory_reserved_mib) * memory_overcommit)::bigint - coalesce(
              (SELECT sum(memory_mib) FROM vm WHERE host_id = h.id AND ended_at IS NULL), 0)
            FROM host h WHERE id = :host
            """)
        .param("host", host)
        .query(Long.class)
        .single();
  }

  /** All hosts, by name. */
  @Transactional(readOnly = true)
  public List<HostView> all() {
    return jdbc.sql(
            """
            SELECT h.id, h.name, h.zone, h.schedulable, h.cpus, h.memory_mib, h.acceleration,
              coalesce((SELECT min(reported_at) FROM agent a WHERE a.host_id = h.id)
                > now() - make_interval(secs => :silence), false) AS reporting,
              coalesce(sum(v.vcpus), 0) AS cpus_used, coalesce(sum(v.memory_mib), 0) AS memory_used,
              count(v.id) AS instances
            FROM host h LEFT JOIN vm v ON v.host_id = h.id AND v.ended_at IS NULL
            GROUP BY h.id ORDER BY h.name
            """)
        .param("silence", silence.patience().toMillis() / 1000.0)
        .query(
            (r, n) ->
                new HostView(
                    r.getString("id"),
                    r.getString("name"),
                    r.getString("zone"),
                    r.getBoolean("schedulable"),
                    r.getBoolean("reporting"),
                    integer(r.getBigDecimal("cpus")),
                    integer(r.getBigDecimal("memory_mib")),
                    r.getString("acceleration"),
                    r.getInt("cpus_used"),
                    r.getInt("memory_used"),
                    r.getInt("instances")))
        .list();
  }

  private static Integer integer(BigDecimal number) {
    return number == null ? null : number.intValue();
  }
}
