package io.hanok.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.hanok.agent.api.AgentFault;
import io.hanok.agent.runtime.AgentException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Sources come whole or not at all, from servers that behave and from those that do not. */
@Timeout(60)
class SourceDownloadTest {
  private static final int SIZE = 3_000_000;

  @TempDir Path home;
  private final List<String> ranges = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch release = new CountDownLatch(1);
  private ExecutorService executor;
  private HttpServer server;
  private volatile byte[] content = content(1);
  private volatile String tag = "\"one\"";
  private volatile int cutAt = -1;
  private volatile boolean stall;
  private volatile int status = 200;
  private long free = Long.MAX_VALUE;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/image", this::answer);
    server.createContext(
        "/moved",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/image");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    executor = Executors.newCachedThreadPool();
    server.setExecutor(executor);
    server.start();
  }

  @AfterEach
  void end() {
    release.countDown();
    server.stop(0);
    executor.shutdownNow();
  }

  @Test
  void theDigestIsThatOfWhatCame() throws Exception {
    List<Integer> progress = new ArrayList<>();
    assertThat(fetch(url(), progress)).isEqualTo(digest(content));
    assertThat(part()).hasBinaryContent(content);
    assertThat(progress).isSorted().endsWith(100).hasSizeGreaterThan(3);
    assertThat(fetch(url().replace("/image", "/moved"), progress)).isEqualTo(digest(content));
  }

  @Test
  void aFetchThatWasCutOffGoesOnWhereItEnded() throws Exception {
    cutAt = 1_000_000;
    fails(AgentFault.Code.HOST_ERROR, url());
    long have = Files.size(part());
    assertThat(have).isBetween(1L, 1_000_000L);

    cutAt = -1;
    assertThat(fetch(url(), new ArrayList<>())).isEqualTo(digest(content));
    assertThat(part()).hasBinaryContent(content);
    assertThat(ranges).containsExactly("none", "bytes=" + have + "-");
  }

  @Test
  void aWholeFileThatWasLeftIsNotFetchedAgain() throws Exception {
    fetch(url(), new ArrayList<>());
    assertThat(fetch(url(), new ArrayList<>())).isEqualTo(digest(content));
    assertThat(ranges).containsExactly("none", "bytes=" + SIZE + "-");
  }

  @Test
  void anotherVersionIsFetchedFromItsStart() throws Exception {
    cutAt = 1_000_000;
    fails(AgentFault.Code.HOST_ERROR, url());
    cutAt = -1;
    content = content(2);
    tag = "\"two\"";
    assertThat(fetch(url(), new ArrayList<>())).isEqualTo(digest(content));
    assertThat(part()).hasBinaryContent(content);
  }

  @Test
  void withoutAVersionNothingIsGluedTogether() throws Exception {
    tag = "W/\"weak\"";
    cutAt = 1_000_000;
    fails(AgentFault.Code.HOST_ERROR, url());
    cutAt = -1;
    assertThat(fetch(url(), new ArrayList<>())).isEqualTo(digest(content));
    assertThat(ranges).containsExactly("none", "none");
  }

  @Test
  void whatIsNotThereIsTheSourcesFaultAndATroubledServerIsNot() {
    status = 404;
    fails(AgentFault.Code.SOURCE_UNUSABLE, url());
    status = 503;
    fails(AgentFault.Code.HOST_ERROR, url());
    fails(AgentFault.Code.SOURCE_UNUSABLE, home.resolve("none").toUri().toString());
    fails(AgentFault.Code.SOURCE_UNUSABLE, "file:///dev/zero");
    fails(AgentFault.Code.SOURCE_UNUSABLE, "ftp://example.org/x");
    fails(AgentFault.Code.SOURCE_UNUSABLE, "http://");
    fails(AgentFault.Code.SOURCE_UNUSABLE, "not a uri");
  }

  @Test
  void aServerThatFallsSilentIsGivenUp() {
    stall = true;
    assertThatThrownBy(() -> fetch(url(), new ArrayList<>())).hasMessageContaining("sent nothing");
  }

  @Test
  void aFetchCanBeEndedWhileItWaits() throws Exception {
    stall = true;
    List<Throwable> ended = Collections.synchronizedList(new ArrayList<>());
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    download(Duration.ofMinutes(5)).fetch(url(), part(), percent -> {});
                  } catch (InterruptedException | RuntimeException e) {
                    ended.add(e);
                  }
                });
    while (!Files.exists(part()) || Files.size(part()) == 0) {
      Thread.sleep(5);
    }
    thread.interrupt();
    thread.join();
    assertThat(ended).singleElement().isInstanceOf(InterruptedException.class);
  }

  @Test
  void aSourceThatDoesNotFitIsNotBegun() {
    free = SIZE - 1;
    fails(AgentFault.Code.NO_CAPACITY, url());
    assertThat(home).isEmptyDirectory();
  }

  private SourceDownload download(Duration patience) {
    return new SourceDownload(
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build(),
        new DiskFiles(new ReflinkCalls()),
        patience,
        () -> free,
        0);
  }

  private String fetch(String source, List<Integer> progress) throws InterruptedException {
    return download(Duration.ofMillis(500)).fetch(source, part(), progress::add);
  }

  private void fails(AgentFault.Code code, String source) {
    assertThatThrownBy(() -> fetch(source, new ArrayList<>()))
        .isInstanceOfSatisfying(
            AgentException.class, e -> assertThat(e.fault().code()).isEqualTo(code));
  }

  private Path part() {
    return home.resolve("ami.part");
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/image";
  }

  private void answer(HttpExchange exchange) throws IOException {
    String range = exchange.getRequestHeaders().getFirst("Range");
    ranges.add(range == null ? "none" : range);
    exchange.getResponseHeaders().set("ETag", tag);
    int start = 0;
    int answered = status;
    if (range != null && tag.equals(exchange.getRequestHeaders().getFirst("If-Range"))) {
      start = Integer.parseInt(range.replaceAll("[^0-9]", ""));
      answered = start < content.length ? 206 : 416;
      exchange
          .getResponseHeaders()
          .set(
              "Content-Range",
              start < content.length
                  ? "bytes %d-%d/%d".formatted(start, content.length - 1, content.length)
                  : "bytes */" + content.length);
    }
    if (answered >= 400) {
      exchange.sendResponseHeaders(answered, -1);
      exchange.close();
      return;
    }
    exchange.sendResponseHeaders(answered, content.length - start);
    int end = cutAt >= 0 ? cutAt : stall ? 500_000 : content.length;
    exchange.getResponseBody().write(content, start, end - start);
    exchange.getResponseBody().flush();
    if (stall) {
      try {
        release.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    exchange.close();
  }

  private static byte[] content(long seed) {
    byte[] result = new byte[SIZE];
    new Random(seed).nextBytes(result);
    return result;
  }

  private static String digest(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
