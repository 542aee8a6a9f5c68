package io.hanok.storage;

import io.hanok.agent.api.ContractJson;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.id.IdKind;
import io.hanok.agent.api.id.ImageId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Keeps the sources of images as they were imported, each once, by digest.
 *
 * <p>Under its directory: {@code sha256/<hex>.<format>} the sources, {@code images/ami-….json} one
 * {@link ImageRecord} for each image that needs one of them, {@code downloads/ami-….part} what is
 * being fetched. The record comes before the source and goes after it, so that a crash never leaves
 * a source that nobody answers for; a source goes when its last record goes. Thread-safe within one
 * process, which must be the only one.
 */
public final class Catalogue {
  private static final Set<String> FORMATS = Set.of("qcow2", "raw", "vmdk");
  private static final Pattern RECORD = Pattern.compile("(?<id>ami-[0-9a-f]+)\\.json");
  private static final Pattern DOWNLOAD = Pattern.compile("(?<id>ami-[0-9a-f]+)\\..*");

  private final Path directory;
  private final DurableFiles files;
  private final JsonMapper json = ContractJson.mapper();
  private final Object changing = new Object();

  /**
   * A source that is kept.
   *
   * @param path its file
   * @param format its format, decided when it was imported
   */
  public record Source(Path path, String format) {}

  /**
   * Opens a catalogue, making its directories.
   *
   * @throws IOException if they cannot be made
   */
  public Catalogue(Path directory, DurableFiles files) throws IOException {
    this.directory = directory.toAbsolutePath().normalize();
    this.files = files;
    for (String folder : List.of("sha256", "images", "downloads")) {
      Path path = Files.createDirectories(this.directory.resolve(folder));
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwx------"));
    }
  }

  /** Room on the catalogue's file system, in bytes. */
  long freeBytes() {
    try {
      return Files.getFileStore(directory).getUsableSpace();
    } catch (IOException e) {
      throw HostFailures.of("cannot read the room in the catalogue", e);
    }
  }

  /** The record of an image. */
  public Optional<ImageRecord> record(ImageId id) {
    try {
      return Optional.of(json.readValue(Files.readAllBytes(recordPath(id)), ImageRecord.class));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw HostFailures.of("cannot read the record of " + id, e);
    } catch (JacksonException e) {
      throw HostFailures.of("cannot read the record of " + id, new IOException(e));
    }
  }

  /** The source with that digest. */
  public Optional<Source> source(String sha256) {
    return FORMATS.stream()
        .map(format -> new Source(sourcePath(sha256, format), format))
        .filter(source -> Files.isRegularFile(source.path()))
        .findFirst();
  }

  /** Where an image's source is fetched to. */
  Path download(ImageId id) {
    return directory.resolve("downloads").resolve(id + ".part");
  }

  /**
   * Lets an image answer for a source, and keeps the fetched file under its digest if that is not
   * there yet.
   *
   * @param record the image's record, whose digest and format were found out from the file
   */
  public Source keep(ImageRecord record) {
    synchronized (changing) {
      Path path = sourcePath(record.sha256(), record.format());
      try {
        Optional<ImageRecord> former = record(record.imageId());
        if (former.isPresent() && !former.get().sha256().equals(record.sha256())) {
          dropSource(former.get());
        }
        if (!former.equals(Optional.of(record))) {
          files.write(recordPath(record.imageId()), json.writeValueAsBytes(record));
        }
        if (!Files.exists(path)) {
          files.publish(download(record.imageId()), path);
        }
        forgetDownload(record.imageId());
      } catch (IOException e) {
        throw HostFailures.of("cannot keep the source of " + record.imageId(), e);
      }
      return new Source(path, record.format());
    }
  }

  /** Whether anything of an image is here. */
  public boolean knows(ImageId id) {
    return Files.exists(recordPath(id))
        || Files.exists(download(id))
        || Files.exists(SourceDownload.origin(download(id)));
  }

  /** Removes all of an image, and its source if no other image needs it. */
  public void release(ImageId id) {
    synchronized (changing) {
      try {
        forgetDownload(id);
        Optional<ImageRecord> record = record(id);
        if (record.isPresent()) {
          dropSource(record.get());
          files.remove(recordPath(id));
        }
      } catch (IOException e) {
        throw HostFailures.of("cannot remove the image " + id, e);
      }
    }
  }

  /** Everything in the catalogue; a source bears the id of the first image that needs it. */
  public List<HostObject> inventory() {
    List<HostObject> result = new ArrayList<>();
    Map<Path, String> needed = new HashMap<>();
    for (Path path : entries("images")) {
      Matcher matcher = RECORD.matcher(path.getFileName().toString());
      if (matcher.matches() && IdKind.IMAGE.matches(matcher.group("id"))) {
        record(new ImageId(matcher.group("id")))
            .ifPresent(
                r -> needed.putIfAbsent(sourcePath(r.sha256(), r.format()), r.imageId().value()));
      }
    }
    for (Path path : entries("sha256")) {
      result.add(new HostObject("source", path.toString(), needed.get(path), false));
    }
    for (Path path : entries("images")) {
      add(result, "image", RECORD.matcher(path.getFileName().toString()), path);
    }
    for (Path path : entries("downloads")) {
      add(result, "part", DOWNLOAD.matcher(path.getFileName().toString()), path);
    }
    return List.copyOf(result);
  }

  private static void add(List<HostObject> result, String kind, Matcher matcher, Path path) {
    if (matcher.matches() && IdKind.IMAGE.matches(matcher.group("id"))) {
      result.add(new HostObject(kind, path.toString(), matcher.group("id"), false));
    }
  }

  private void dropSource(ImageRecord record) throws IOException {
    for (Path path : entries("images")) {
      Matcher matcher = RECORD.matcher(path.getFileName().toString());
      if (matcher.matches()
          && !matcher.group("id").equals(record.imageId().value())
          && record(new ImageId(matcher.group("id")))
              .filter(other -> other.sha256().equals(record.sha256()))
              .isPresent()) {
        return;
      }
    }
    Path path = sourcePath(record.sha256(), record.format());
    if (Files.exists(path)) {
      files.remove(path);
    }
  }

  private void forgetDownload(ImageId id) throws IOException {
    for (Path path : List.of(download(id), SourceDownload.origin(download(id)))) {
      if (Files.exists(path)) {
        files.remove(path);
      }
    }
  }

  private List<Path> entries(String folder) {
    try (Stream<Path> stream = Files.list(directory.resolve(folder))) {
      return stream.sorted().toList();
    } catch (IOException e) {
      throw HostFailures.of("cannot list the catalogue", e);
    }
  }

  private Path recordPath(ImageId id) {
    return directory.resolve("images").resolve(id + ".json");
  }

  private Path sourcePath(String sha256, String format) {
    return directory.resolve("sha256").resolve(sha256 + "." + format);
  }
}
