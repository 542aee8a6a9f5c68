package io.hanok.storage;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.ContractJson;
import io.hanok.agent.runtime.AgentException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import tools.jackson.core.JacksonException;

/**
 * Fetches an image's source into a file, computing its digest while reading.
 *
 * <p>Over HTTP a fetch that was cut off goes on where it ended if the server named the version it
 * sent (a strong {@code ETag} or {@code Last-Modified}, RFC 9110 §13.1.5) and still has it; that is
 * kept beside the file. A server that sends nothing for a while is given up, to be tried again.
 *
 * <p>It fetches whatever address the document names, redirects included, from where the host
 * stands: internal addresses, the loopback and files of the host are in reach. Who may name a
 * source is decided by the control plane, which must take one only from operators of the
 * installation.
 */
final class SourceDownload {
  private static final int BUFFER = 1 << 18;
  private static final int OK = 200;
  private static final int PARTIAL = 206;
  private static final int NO_SUCH_RANGE = 416;

  private final HttpClient client;
  private final DurableFiles files;
  private final Duration patience;
  private final LongSupplier freeBytes;
  private final long reservedBytes;

  /**
   * Makes a fetcher.
   *
   * @param patience how long a server may send nothing
   * @param freeBytes room where the files go
   * @param reservedBytes how much of that must be left
   */
  SourceDownload(
      HttpClient client,
      DurableFiles files,
      Duration patience,
      LongSupplier freeBytes,
      long reservedBytes) {
    this.client = client;
    this.files = files;
    this.patience = patience;
    this.freeBytes = freeBytes;
    this.reservedBytes = reservedBytes;
  }

  /** What is kept beside a file that is not whole: where from, and which version. */
  record Origin(String source, String version) {}

  /** Where the origin of a partly fetched file is kept. */
  static Path origin(Path part) {
    return part.resolveSibling(part.getFileName() + ".origin");
  }

  /**
   * Fetches the source.
   *
   * @param part where to; what an earlier call left there is used if it fits
   * @param percent told how far it is, if the length is known
   * @return the digest of the whole, lower-case hex
   * @throws AgentException SOURCE_UNUSABLE if there is no such source, NO_CAPACITY if there is no
   *     room, HOST_ERROR if the fetch was cut off
   */
  String fetch(String source, Path part, IntConsumer percent) throws InterruptedException {
    URI uri = parse(source);
    try {
      return uri.getScheme().equalsIgnoreCase("file")
          ? copy(uri, part, percent)
          : download(uri, part, percent, true);
    } catch (IOException e) {
      if (Thread.interrupted() || e.getCause() instanceof InterruptedException) {
        throw (InterruptedException) new InterruptedException("fetch interrupted").initCause(e);
      }
      throw HostFailures.of("cannot fetch " + source, e);
    }
  }

  private static URI parse(String source) {
    try {
      URI uri = new URI(source);
      String scheme = uri.getScheme() == null ? "" : uri.getScheme();
      boolean local = scheme.equalsIgnoreCase("file") && uri.getPath() != null;
      boolean remote =
          (scheme.equalsIgnoreCase("http") || scheme.equalsIgnoreCase("https"))
              && uri.getHost() != null;
      if (local || remote) {
        return uri;
      }
    } catch (java.net.URISyntaxException notOne) {
      // Answered below, as every other text that is no source.
    }
    throw new AgentException(
        AgentFault.Code.SOURCE_UNUSABLE,
        "'%s' is not a file:, http: or https: URI of an image".formatted(source));
  }

  private String copy(URI uri, Path part, IntConsumer percent)
      throws IOException, InterruptedException {
    Path file = Path.of(uri.getPath());
    if (!Files.isRegularFile(file)) {
      throw new AgentException(
          AgentFault.Code.SOURCE_UNUSABLE, "there is no file %s on this host".formatted(file));
    }
    remove(part);
    try (InputStream in = Files.newInputStream(file)) {
      return append(in, part, digest(), 0, OptionalLong.of(Files.size(file)), percent);
    } catch (NoSuchFileException e) {
      throw new AgentException(
          AgentFault.Code.SOURCE_UNUSABLE, "there is no file %s on this host".formatted(file), e);
    }
  }

  private String download(URI uri, Path part, IntConsumer percent, boolean resume)
      throws IOException, InterruptedException {
    Optional<Origin> known = resume ? known(uri, part) : Optional.empty();
    long have = known.isPresent() ? Files.size(part) : 0;
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(patience).GET();
    if (have > 0) {
      request.header("Range", "bytes=" + have + "-").header("If-Range", known.get().version());
    }
    HttpResponse<InputStream> response =
        client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream body = response.body();
        StallWatch watch = new StallWatch(body, patience)) {
      MessageDigest digest = digest();
      String range = response.headers().firstValue("Content-Range").orElse("");
      switch (response.statusCode()) {
        case OK -> {
          remove(part);
          remember(uri, part, response.headers());
          have = 0;
        }
        case PARTIAL -> {
          if (have == 0 || !range.startsWith("bytes " + have + "-")) {
            throw new IOException("the server answered another range than asked: " + range);
          }
          read(part, digest);
        }
        case NO_SUCH_RANGE -> {
          if (have > 0 && range.equals("bytes */" + have)) {
            read(part, digest);
            return HexFormat.of().formatHex(digest.digest());
          }
          if (have == 0) {
            throw refused(uri, NO_SUCH_RANGE);
          }
          return download(uri, part, percent, false);
        }
        default -> throw refused(uri, response.statusCode());
      }
      OptionalLong length = response.headers().firstValueAsLong("Content-Length");
      return append(watch.watched(), part, digest, have, length, percent);
    }
  }

  private static AgentException refused(URI uri, int status) {
    boolean mayPass = status >= 500 || status == 408 || status == 429;
    return new AgentException(
        mayPass ? AgentFault.Code.HOST_ERROR : AgentFault.Code.SOURCE_UNUSABLE,
        "%s answered %d".formatted(uri, status));
  }

  private Optional<Origin> known(URI uri, Path part) throws IOException {
    try {
      Origin origin =
          ContractJson.mapper().readValue(Files.readAllBytes(origin(part)), Origin.class);
      boolean usable =
          origin.source().equals(uri.toString())
              && origin.version() != null
              && Files.exists(part)
              && Files.size(part) > 0;
      return usable ? Optional.of(origin) : Optional.empty();
    } catch (NoSuchFileException | JacksonException none) {
      return Optional.empty();
    }
  }

  private void remember(URI uri, Path part, HttpHeaders headers) throws IOException {
    Optional<String> version =
        headers
            .firstValue("ETag")
            .filter(tag -> tag.startsWith("\""))
            .or(() -> headers.firstValue("Last-Modified"));
    if (version.isPresent()) {
      Origin origin = new Origin(uri.toString(), version.get());
      files.write(origin(part), ContractJson.mapper().writeValueAsBytes(origin));
    }
  }

  private void remove(Path part) throws IOException {
    for (Path path : new Path[] {origin(part), part}) {
      if (Files.exists(path)) {
        files.remove(path);
      }
    }
  }

  private static void read(Path part, MessageDigest digest) throws IOException {
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(part)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        digest.update(buffer, 0, count);
      }
    }
  }

  private String append(
      InputStream in,
      Path part,
      MessageDigest digest,
      long have,
      OptionalLong remaining,
      IntConsumer percent)
      throws IOException, InterruptedException {
    requireRoom(part, remaining.orElse(0));
    byte[] buffer = new byte[BUFFER];
    long done = have;
    long total = have + remaining.orElse(0);
    long checkedAt = done;
    try (FileChannel out =
        FileChannel.open(
            part, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        if (Thread.interrupted()) {
          throw new InterruptedException("fetch interrupted");
        }
        digest.update(buffer, 0, count);
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, count);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
        done += count;
        if (done - checkedAt >= BUFFER * 256L) {
          requireRoom(part, 0);
          checkedAt = done;
        }
        if (remaining.isPresent() && total > 0) {
          percent.accept((int) Math.min(100, done * 100 / total));
        }
      }
    }
    if (remaining.isPresent() && done != total) {
      throw new IOException("%d bytes came instead of %d".formatted(done, total));
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private void requireRoom(Path part, long needed) throws IOException {
    long free = freeBytes.getAsLong();
    if (free - reservedBytes < needed) {
      remove(part);
      throw new AgentException(
          AgentFault.Code.NO_CAPACITY,
          "the image catalogue has %d bytes left, of which %d are reserved; %d are needed"
              .formatted(free, reservedBytes, needed));
    }
  }

  private static MessageDigest digest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
