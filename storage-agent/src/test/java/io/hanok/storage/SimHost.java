package io.hanok.storage;

import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.DocumentSpec;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.api.VolumeSpec;
import io.hanok.agent.api.id.ImageId;
import io.hanok.agent.api.id.VolumeId;
import io.hanok.agent.runtime.Step;
import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Executor;

/**
 * A host with a simulated pool and image tool and a real catalogue, whose agent can be made to die
 * and is then started anew.
 */
final class SimHost {
  static final long MIB = 1L << 20;

  final SimVolumePool pool;
  final SimImageTools tools = new SimImageTools();
  final CrashingFiles files = new CrashingFiles(new DiskFiles(new ReflinkCalls()));
  final WokenKeys wakeups = new WokenKeys();
  final Path home;
  Catalogue catalogue;
  StorageConverger converger;

  SimHost(Path home) throws IOException {
    this.home = Files.createDirectories(home);
    this.pool = new SimVolumePool("default", 64 * MIB, home);
    restart(Runnable::run);
  }

  /** Starts the agent anew, with nothing but what is on the host. */
  void restart(Executor threads) throws IOException {
    catalogue = new Catalogue(home.resolve("catalogue"), files);
    SourceDownload download =
        new SourceDownload(
            HttpClient.newHttpClient(), files, Duration.ofSeconds(5), catalogue::freeBytes, 0);
    ImageImport importer = new ImageImport(catalogue, download, tools, files, 1L << 40);
    converger =
        new StorageConverger(
            Map.of("default", pool),
            new MadeVolumes(home.resolve("made-volumes"), files),
            catalogue,
            new ImageImports(importer, wakeups, threads, 2));
  }

  int effects() {
    return files.effects() + pool.effects();
  }

  /** Makes a raw source with a recognisable content. */
  String source(String name, int value) throws IOException {
    byte[] content = new byte[(int) MIB];
    Arrays.fill(content, 4096, 8192, (byte) value);
    Path file = home.resolve(name);
    Files.write(file, content);
    return file.toUri().toString();
  }

  static DesiredDocument image(ImageId id, String source) {
    return document(DocumentKind.IMAGE, id.value(), new ImageSpec(id, "default", source, null));
  }

  static DesiredDocument volume(VolumeId id, long size, ImageId image) {
    return document(DocumentKind.VOLUME, id.value(), new VolumeSpec(id, "default", size, image));
  }

  static DesiredDocument absent(DesiredDocument document) {
    return new DesiredDocument(document.kind(), document.key(), document.generation() + 1, null);
  }

  static DesiredDocument document(DocumentKind kind, String key, DocumentSpec spec) {
    return new DesiredDocument(kind, key, 1, spec);
  }

  /** Converges until settled, as the runtime does. */
  ResourceStatus settle(DesiredDocument document) throws InterruptedException {
    for (int i = 0; i < 10; i++) {
      if (converger.converge(document) instanceof Step.Settled settled) {
        return settled.status();
      }
    }
    throw new AssertionError("does not settle: " + document);
  }
}
