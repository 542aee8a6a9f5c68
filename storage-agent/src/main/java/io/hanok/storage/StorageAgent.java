package io.hanok.storage;

import io.hanok.agent.api.AgentName;
import io.hanok.agent.runtime.Agent;
import io.hanok.agent.runtime.AgentMain;
import io.hanok.agent.runtime.AgentSettings;
import io.hanok.agent.runtime.Converger;
import io.hanok.agent.runtime.HostCommands;
import io.hanok.agent.runtime.Wakeups;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The storage agent: keeps the volumes and images of one host.
 *
 * <p>Settings beside the common ones:
 *
 * <ul>
 *   <li>{@code pools} — {@code name=/directory}, more with commas between; each made before by
 *       {@code reflink-pool up}
 *   <li>{@code catalogue} — directory of the images' sources
 *   <li>{@code guest-user} — user that guests run as, who gets the volumes; left out: they stay
 *       with the agent's user
 *   <li>{@code trash-seconds} — how long the file of a volume that was removed by its document is
 *       kept aside; 0 if left out, as the control plane holds deleted volumes back itself
 *   <li>{@code pool-reserve-percent} — part of a pool that nothing new may take; 2 if left out
 *   <li>{@code catalogue-reserve-bytes} — room that fetching leaves on the catalogue's file system;
 *       1 GiB if left out
 *   <li>{@code image-max-bytes} — largest disk that an image may describe; 2 TiB if left out
 *   <li>{@code parallel-imports} — 2 if left out
 * </ul>
 */
public final class StorageAgent implements Agent {
  private static final long TIB = 1L << 40;
  private static final long GIB = 1L << 30;
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration LOOKING_DEADLINE = Duration.ofMinutes(2);

  private final Clock clock;
  private ImageImports imports;

  public StorageAgent(Clock clock) {
    this.clock = clock;
  }

  /** Runs the agent: {@code --settings FILE}. */
  public static void main(String[] arguments) {
    AgentMain.run(new StorageAgent(Clock.systemUTC()), arguments);
  }

  @Override
  public AgentName name() {
    return AgentName.STORAGE;
  }

  @Override
  public Converger start(AgentSettings settings, Wakeups wakeups) {
    ReflinkCalls calls = new ReflinkCalls();
    DurableFiles files = new DiskFiles(calls);
    ReflinkPool.Options options =
        new ReflinkPool.Options(
            settings.optional("guest-user"),
            Duration.ofSeconds(number(settings, "trash-seconds", 0)),
            Math.toIntExact(number(settings, "pool-reserve-percent", 2)));
    Map<String, VolumePool> pools = new LinkedHashMap<>();
    pools(settings.required("pools"))
        .forEach(
            (name, path) ->
                pools.put(name, ReflinkPool.open(name, path, options, files, calls, clock)));
    Catalogue catalogue = catalogue(Path.of(settings.required("catalogue")), files);
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(PATIENCE)
            .build();
    SourceDownload download =
        new SourceDownload(
            client,
            files,
            PATIENCE,
            catalogue::freeBytes,
            number(settings, "catalogue-reserve-bytes", GIB));
    ImageImport importer =
        new ImageImport(
            catalogue,
            download,
            new QemuImg(new HostCommands(LOOKING_DEADLINE)),
            files,
            number(settings, "image-max-bytes", 2 * TIB));
    imports =
        new ImageImports(
            importer,
            wakeups,
            job -> Thread.ofPlatform().daemon().name("image-import").start(job),
            Math.toIntExact(number(settings, "parallel-imports", 2)));
    MadeVolumes made = madeVolumes(settings.state().resolve("made-volumes"), files);
    return new StorageConverger(pools, made, catalogue, imports);
  }

  @Override
  public void stop() {
    if (imports != null) {
      imports.close();
    }
  }

  private static MadeVolumes madeVolumes(Path directory, DurableFiles files) {
    try {
      return new MadeVolumes(directory, files);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make " + directory, e);
    }
  }

  private static Catalogue catalogue(Path directory, DurableFiles files) {
    try {
      return new Catalogue(directory, files);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot make the catalogue " + directory, e);
    }
  }

  /**
   * Reads the setting {@code pools}.
   *
   * @throws IllegalArgumentException if it is not of the form {@code name=/directory,…}
   */
  static Map<String, Path> pools(String text) {
    Map<String, Path> result = new LinkedHashMap<>();
    for (String entry : text.split(",", -1)) {
      int equals = entry.indexOf('=');
      String name = equals < 0 ? "" : entry.substring(0, equals).strip();
      Path path = Path.of(entry.substring(equals + 1).strip());
      if (!name.matches("[a-z][a-z0-9-]*")
          || !path.isAbsolute()
          || result.putIfAbsent(name, path) != null) {
        throw new IllegalArgumentException(
            "the setting 'pools' is name=/directory, more with commas between: " + text);
      }
    }
    return result;
  }

  private static long number(AgentSettings settings, String key, long otherwise) {
    return settings
        .optional(key)
        .map(
            text -> {
              try {
                return Long.parseLong(text);
              } catch (NumberFormatException e) {
                throw new IllegalArgumentException(
                    "the setting '%s' is a number: %s".formatted(key, text), e);
              }
            })
        .orElse(otherwise);
  }
}
