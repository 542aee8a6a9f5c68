package io.hanok.storage;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.id.ImageId;
import io.hanok.agent.runtime.AgentException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.IntConsumer;

/**
 * Brings an image from its source to a base in a pool: fetch, check the digest, decide the format,
 * keep the source, convert.
 *
 * <p>What has been reached is read from the catalogue and the pool each time, so that an import
 * that was cut off anywhere goes on with the first step that is missing: a source that is kept is
 * not fetched again, also when another image brought it.
 */
final class ImageImport {
  /** Share of the progress that fetching takes, in percent; converting takes the rest. */
  private static final int FETCHED = 60;

  private final Catalogue catalogue;
  private final SourceDownload download;
  private final ImageTools tools;
  private final DurableFiles files;
  private final long largestBytes;

  /**
   * Makes the importer.
   *
   * @param largestBytes largest disk that an image may describe
   */
  ImageImport(
      Catalogue catalogue,
      SourceDownload download,
      ImageTools tools,
      DurableFiles files,
      long largestBytes) {
    this.catalogue = catalogue;
    this.download = download;
    this.tools = tools;
    this.files = files;
    this.largestBytes = largestBytes;
  }

  /**
   * Does all that is missing; takes as long as it takes.
   *
   * @param percent told how far it is
   * @throws AgentException SOURCE_UNUSABLE, NO_CAPACITY or HOST_ERROR; nothing half-made is left
   *     under a final name
   */
  void run(ImageSpec spec, VolumePool pool, IntConsumer percent) throws InterruptedException {
    ImageId id = spec.imageId();
    PoolItem base = PoolItem.base(id);
    if (catalogue.record(id).isEmpty() && pool.find(base).isPresent()) {
      // Nobody can tell any more what this base was made from.
      pool.remove(base);
    }
    Optional<Catalogue.Source> kept = kept(spec, pool);
    Catalogue.Source source = kept.isPresent() ? kept.get() : fetch(spec, pool, percent);
    ImageTools.Content content = tools.inspect(source.path(), source.format());
    requireSize(content);
    pool.fill(
        base,
        content.sizeBytes(),
        content.dataBytes(),
        target ->
            tools.convert(
                source.path(),
                source.format(),
                target,
                part -> percent.accept(FETCHED + part * (100 - FETCHED) / 100)));
  }

  private Optional<Catalogue.Source> kept(ImageSpec spec, VolumePool pool) {
    Optional<String> digest =
        Optional.ofNullable(spec.sha256())
            .or(() -> catalogue.record(spec.imageId()).map(ImageRecord::sha256));
    return digest.flatMap(
        sha256 -> catalogue.source(sha256).map(source -> keep(spec, pool, sha256, source)));
  }

  private Catalogue.Source keep(
      ImageSpec spec, VolumePool pool, String sha256, Catalogue.Source source) {
    long size = tools.inspect(source.path(), source.format()).sizeBytes();
    return catalogue.keep(
        new ImageRecord(spec.imageId(), pool.name(), sha256, source.format(), size));
  }

  private Catalogue.Source fetch(ImageSpec spec, VolumePool pool, IntConsumer percent)
      throws InterruptedException {
    Path part = catalogue.download(spec.imageId());
    String sha256 =
        download.fetch(spec.source(), part, done -> percent.accept(done * FETCHED / 100));
    try {
      if (spec.sha256() != null && !spec.sha256().equals(sha256)) {
        throw SourceHeader.unusable(
            "its SHA-256 is %s, announced was %s".formatted(sha256, spec.sha256()));
      }
      String format = format(part);
      ImageTools.Content content = tools.inspect(part, format);
      requireSize(content);
      return catalogue.keep(
          new ImageRecord(spec.imageId(), pool.name(), sha256, format, content.sizeBytes()));
    } catch (AgentException e) {
      if (e.fault().code() == AgentFault.Code.SOURCE_UNUSABLE) {
        remove(part, e);
      }
      throw e;
    }
  }

  private static String format(Path part) {
    try (InputStream in = Files.newInputStream(part)) {
      return SourceHeader.format(in.readNBytes(SourceHeader.BYTES), Files.size(part));
    } catch (IOException e) {
      throw HostFailures.of("cannot read " + part, e);
    }
  }

  private void requireSize(ImageTools.Content content) {
    if (content.sizeBytes() > largestBytes) {
      throw SourceHeader.unusable(
          "it describes a disk of %d bytes; %d are allowed"
              .formatted(content.sizeBytes(), largestBytes));
    }
  }

  private void remove(Path part, AgentException because) {
    try {
      files.remove(SourceDownload.origin(part));
      files.remove(part);
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }
}
