package io.hanok.storage;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.runtime.AgentException;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A pool of raw files on a file system whose files can share data (XFS with reflink, btrfs).
 *
 * <p>Under the pool's directory: {@code volumes/vol-….raw}, {@code bases/ami-….raw}, {@code
 * snapshots/snap-….raw}. Whatever is made is made under the same name with {@code .part} behind it,
 * synced and renamed, so that a crash never leaves half of a thing under its final name; the next
 * attempt, or the removal, starts by removing the part.
 *
 * <p>The directory must bear the file {@value #MARKER}, which is put there when the pool is made:
 * an agent that starts before the pool's file system is mounted must not take the empty mount point
 * for an empty pool.
 */
public final class ReflinkPool implements VolumePool {
  /** Marks a directory as the root of a pool. */
  public static final String MARKER = ".hanok-pool";

  private static final String TRASH = "trash";
  private static final Pattern FILE = Pattern.compile("(?<id>[a-z]+-[0-9a-f]+)\\.raw(\\.part)?");
  private static final Pattern DISCARDED =
      Pattern.compile("(?<id>[a-z]+-[0-9a-f]+)\\.(?<until>[0-9]+)\\.raw");

  private final String name;
  private final Path directory;
  private final Options options;
  private final DurableFiles files;
  private final ReflinkCalls calls;
  private final Clock clock;

  /**
   * How a pool is kept.
   *
   * @param guestUser user that guests run as and that gets the volumes, or empty to keep them
   * @param trash how long a removed volume is kept aside before its data go; zero: not at all
   * @param reservedPercent part of the capacity that nothing new may take, so that existing guests
   *     can still write; 0 to 50
   */
  public record Options(Optional<String> guestUser, Duration trash, int reservedPercent) {
    public Options {
      if (trash.isNegative() || reservedPercent < 0 || reservedPercent > 50) {
        throw new IllegalArgumentException("not options of a pool: " + trash + reservedPercent);
      }
    }
  }

  private ReflinkPool(
      String name,
      Path directory,
      Options options,
      DurableFiles files,
      ReflinkCalls calls,
      Clock clock) {
    this.name = name;
    this.directory = directory;
    this.options = options;
    this.files = files;
    this.calls = calls;
    this.clock = clock;
  }

  /**
   * Opens a pool that was made before.
   *
   * @throws IllegalArgumentException if the directory is not a pool's or its file system cannot
   *     share data
   */
  public static ReflinkPool open(
      String name,
      Path directory,
      Options options,
      DurableFiles files,
      ReflinkCalls calls,
      Clock clock) {
    Path root = directory.toAbsolutePath().normalize();
    if (!Files.isRegularFile(root.resolve(MARKER))) {
      throw new IllegalArgumentException(
          "%s is not a pool (no file %s in it): is its file system mounted?"
              .formatted(root, MARKER));
    }
    try {
      makeDirectory(root.resolve(TRASH), "rwx------");
      makeDirectory(root.resolve(folder(PoolItem.Kind.BASE)), "rwx------");
      makeDirectory(root.resolve(folder(PoolItem.Kind.SNAPSHOT)), "rwx------");
      // A guest's emulator must pass to its volume, and need not see the others.
      makeDirectory(root.resolve(folder(PoolItem.Kind.VOLUME)), "rwx--x--x");
      probe(root, calls);
      if (options.guestUser().isPresent()) {
        root.getFileSystem()
            .getUserPrincipalLookupService()
            .lookupPrincipalByName(options.guestUser().get());
      }
    } catch (UserPrincipalNotFoundException e) {
      throw new IllegalArgumentException(
          "the guests' user '%s' is not on this host".formatted(options.guestUser().orElse("")), e);
    } catch (IOException e) {
      throw new IllegalArgumentException("%s cannot be a pool: %s".formatted(root, e), e);
    }
    return new ReflinkPool(name, root, options, files, calls, clock);
  }

  private static void makeDirectory(Path path, String mode) throws IOException {
    Files.createDirectories(path);
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static void probe(Path root, ReflinkCalls calls) throws IOException {
    Path one = Files.createTempFile(root, ".probe", "");
    Path two = Files.createTempFile(root, ".probe", "");
    try {
      Files.write(one, new byte[8192]);
      calls.cloneFile(one, two);
    } finally {
      Files.deleteIfExists(one);
      Files.deleteIfExists(two);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String kind() {
    return "reflink";
  }

  @Override
  public Optional<Found> find(PoolItem item) {
    Path path = path(item);
    try {
      return Optional.of(new Found(item, State.THERE, path.toString(), Files.size(path)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw HostFailures.of("cannot look for " + item, e);
    }
  }

  @Override
  public boolean unfinished(PoolItem item) {
    return Files.exists(part(item));
  }

  @Override
  public void create(PoolItem item, long sizeBytes) {
    make(item, sizeBytes, 0, part -> files.createSparse(part, sizeBytes));
  }

  @Override
  public void clone(PoolItem source, PoolItem target, long sizeBytes) {
    Found from =
        find(source)
            .orElseThrow(
                () ->
                    new AgentException(
                        AgentFault.Code.NOT_READY,
                        "%s is not in the pool %s".formatted(source, name)));
    if (sizeBytes < from.sizeBytes()) {
      throw new AgentException(
          AgentFault.Code.INVALID_SPEC,
          "%s of %d bytes cannot be made from %s of %d bytes"
              .formatted(target, sizeBytes, source, from.sizeBytes()));
    }
    make(
        target,
        sizeBytes,
        0,
        part -> {
          files.cloneTo(path(source), part);
          if (sizeBytes > from.sizeBytes()) {
            files.resize(part, sizeBytes);
          }
        });
  }

  @Override
  public void snapshot(PoolItem volume, PoolItem snapshot) {
    clone(volume, snapshot, find(volume).map(Found::sizeBytes).orElse(0L));
  }

  @Override
  public void fill(PoolItem item, long sizeBytes, long dataBytes, Filler filler)
      throws InterruptedException {
    make(
        item,
        sizeBytes,
        dataBytes,
        part -> {
          files.createSparse(part, sizeBytes);
          filler.fill(part);
          if (Files.size(part) != sizeBytes) {
            throw new AgentException(
                AgentFault.Code.HOST_ERROR,
                "%s came out with %d instead of %d bytes"
                    .formatted(item, Files.size(part), sizeBytes));
          }
        });
  }

  @Override
  public List<Extent> changedExtents(PoolItem from, PoolItem to) {
    try {
      Path path = path(to);
      long size = Files.size(path);
      List<ReflinkCalls.Mapping> old =
          from == null ? List.of() : calls.mappings(path(from), Files.size(path(from)));
      return ExtentDiff.between(old, calls.mappings(path, size), size);
    } catch (NoSuchFileException e) {
      throw new AgentException(
          AgentFault.Code.NOT_READY, e.getFile() + " is not in the pool " + name, e);
    } catch (IOException e) {
      throw HostFailures.of("cannot compare %s with %s".formatted(to, from), e);
    }
  }

  @Override
  public void grow(PoolItem item, long sizeBytes) {
    Found found =
        find(item)
            .orElseThrow(
                () ->
                    new AgentException(
                        AgentFault.Code.NOT_READY,
                        "%s is not in the pool %s".formatted(item, name)));
    if (sizeBytes < found.sizeBytes()) {
      throw new AgentException(
          AgentFault.Code.INVALID_SPEC,
          "%s has %d bytes and cannot shrink to %d".formatted(item, found.sizeBytes(), sizeBytes));
    }
    if (sizeBytes > found.sizeBytes()) {
      attempt(
          "cannot grow " + item,
          () -> {
            files.resize(path(item), sizeBytes);
            files.sync(path(item));
          });
    }
  }

  @Override
  public void remove(PoolItem item) {
    requireMounted();
    attempt(
        "cannot remove " + item,
        () -> {
          files.remove(part(item));
          boolean aside = item.kind() == PoolItem.Kind.VOLUME && options.trash().isPositive();
          if (aside && Files.exists(path(item))) {
            long until = clock.instant().plus(options.trash()).toEpochMilli();
            files.publish(
                path(item), directory.resolve(TRASH).resolve(item.id() + "." + until + ".raw"));
          } else {
            files.remove(path(item));
          }
        });
  }

  @Override
  public List<Found> list() {
    List<Found> result = new ArrayList<>();
    for (PoolItem.Kind kind : PoolItem.Kind.values()) {
      for (Path path : entries(folder(kind))) {
        Matcher matcher = FILE.matcher(path.getFileName().toString());
        if (matcher.matches()) {
          State state = path.toString().endsWith(".part") ? State.PART : State.THERE;
          PoolItem.parse(kind, matcher.group("id"))
              .ifPresent(item -> addIfThere(result, item, state, path));
        }
      }
    }
    for (Path path : entries(TRASH)) {
      Matcher matcher = DISCARDED.matcher(path.getFileName().toString());
      if (matcher.matches()) {
        PoolItem.parse(PoolItem.Kind.VOLUME, matcher.group("id"))
            .ifPresent(item -> addIfThere(result, item, State.TRASH, path));
      }
    }
    result.sort(Comparator.comparing(Found::path));
    return List.copyOf(result);
  }

  @Override
  public Usage usage() {
    try {
      FileStore store = Files.getFileStore(directory);
      return new Usage(store.getTotalSpace(), store.getUsableSpace());
    } catch (IOException e) {
      throw HostFailures.of("cannot read the room in the pool " + name, e);
    }
  }

  @Override
  public void sweep() {
    Instant now = clock.instant();
    for (Path path : entries(TRASH)) {
      Matcher matcher = DISCARDED.matcher(path.getFileName().toString());
      if (matcher.matches()
          && !Instant.ofEpochMilli(Long.parseLong(matcher.group("until"))).isAfter(now)) {
        attempt("cannot remove " + path, () -> files.remove(path));
      }
    }
  }

  private <X extends Exception> void make(
      PoolItem item, long sizeBytes, long dataBytes, Effect<X> effect) throws X {
    if (sizeBytes < 1) {
      throw new AgentException(
          AgentFault.Code.INVALID_SPEC, "%s of %d bytes".formatted(item, sizeBytes));
    }
    if (find(item).isPresent()) {
      return;
    }
    requireMounted();
    requireRoom(item, dataBytes);
    try {
      Path part = part(item);
      try {
        files.remove(part);
        effect.run(part);
        if (item.kind() == PoolItem.Kind.VOLUME && options.guestUser().isPresent()) {
          files.chown(part, options.guestUser().get());
        }
        files.publish(part, path(item));
      } catch (Exception e) {
        discard(part, e);
        throw e;
      }
    } catch (IOException e) {
      throw HostFailures.of("cannot make " + item, e);
    }
  }

  /** Refuses to take the directory under a pool that went away for a pool where nothing is. */
  private void requireMounted() {
    if (!Files.exists(directory.resolve(MARKER))) {
      throw new AgentException(
          AgentFault.Code.HOST_ERROR, "the pool %s is gone from %s".formatted(name, directory));
    }
  }

  private void requireRoom(PoolItem item, long dataBytes) {
    Usage usage = usage();
    long reserved = usage.totalBytes() / 100 * options.reservedPercent();
    if (usage.freeBytes() - reserved < Math.max(dataBytes, 1)) {
      throw new AgentException(
          AgentFault.Code.NO_CAPACITY,
          "the pool %s has %d bytes left, of which %d are reserved for the disks in it; %s needs %d"
              .formatted(name, usage.freeBytes(), reserved, item, dataBytes));
    }
  }

  private void discard(Path part, Exception because) {
    try {
      files.remove(part);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  private static void attempt(String failure, Action action) {
    try {
      action.run();
    } catch (IOException e) {
      throw HostFailures.of(failure, e);
    }
  }

  private List<Path> entries(String folder) {
    try (Stream<Path> stream = Files.list(directory.resolve(folder))) {
      return stream.toList();
    } catch (IOException e) {
      throw HostFailures.of("cannot list the pool " + name, e);
    }
  }

  private static void addIfThere(List<Found> result, PoolItem item, State state, Path path) {
    try {
      result.add(new Found(item, state, path.toString(), Files.size(path)));
    } catch (NoSuchFileException removedMeanwhile) {
      // Not there any more: nothing to list.
    } catch (IOException e) {
      throw HostFailures.of("cannot read the size of " + path, e);
    }
  }

  private Path path(PoolItem item) {
    return directory.resolve(folder(item.kind())).resolve(item.id() + ".raw");
  }

  private Path part(PoolItem item) {
    return directory.resolve(folder(item.kind())).resolve(item.id() + ".raw.part");
  }

  private static String folder(PoolItem.Kind kind) {
    return switch (kind) {
      case VOLUME -> "volumes";
      case BASE -> "bases";
      case SNAPSHOT -> "snapshots";
    };
  }

  private interface Effect<X extends Exception> {
    void run(Path part) throws IOException, X;
  }

  private interface Action {
    void run() throws IOException;
  }
}
