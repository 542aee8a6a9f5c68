package io.hanok.network.metadata;

import io.hanok.agent.api.HostNetworkSpec.Metadata;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Finds what a path of the metadata service names: a version, a directory's listing, a value or the
 * user data.
 *
 * <p>Directories follow from the paths of the entries and are listed as EC2 does: one name a line,
 * sub-directories with a slash. A listing that does not follow from paths is an entry whose path
 * ends in a slash. {@code public-keys/} is listed as {@code 0=name}: the name stands in an entry
 * {@code public-keys/0=name} without a value, or else is the comment of the key.
 */
final class MetadataTree {
  private static final List<String> VERSIONS =
      List.of("1.0", "2009-04-04", "2016-09-02", "2018-09-24", "2021-03-23", "latest");
  private static final String USER_DATA = "user-data";
  private static final String PUBLIC_KEYS = "meta-data/public-keys/";
  private static final String KEY_FILE = "/openssh-key";

  private final Metadata metadata;

  MetadataTree(Metadata metadata) {
    this.metadata = metadata;
  }

  /** The bytes that a path of a request names, or empty if it names nothing. */
  Optional<byte[]> find(String requestPath) {
    List<String> parts = Arrays.stream(requestPath.split("/")).filter(p -> !p.isEmpty()).toList();
    if (parts.isEmpty()) {
      return text(String.join("\n", VERSIONS));
    }
    if (!VERSIONS.contains(parts.getFirst())) {
      return Optional.empty();
    }
    String path = String.join("/", parts.subList(1, parts.size()));
    if (path.equals(USER_DATA)) {
      return Optional.ofNullable(metadata.userData()).map(Base64.getMimeDecoder()::decode);
    }
    Map<String, String> entries = metadata.entries();
    if (entries.containsKey(path) && !path.isEmpty()) {
      return text(entries.get(path));
    }
    String directory = path.isEmpty() ? "" : path + "/";
    if (entries.containsKey(directory)) {
      return text(entries.get(directory));
    }
    String listing = listing(directory);
    return listing.isEmpty() ? Optional.empty() : text(listing);
  }

  private String listing(String directory) {
    SortedSet<String> names = new TreeSet<>();
    for (String path : metadata.entries().keySet()) {
      if (path.startsWith(directory) && path.length() > directory.length()) {
        String rest = path.substring(directory.length());
        int slash = rest.indexOf('/');
        names.add(slash < 0 ? rest : rest.substring(0, slash + 1));
      }
    }
    if (directory.isEmpty()) {
      if (metadata.userData() != null) {
        names.add(USER_DATA);
      }
      // The top of a version is listed without slashes.
      return names.stream().map(n -> n.replace("/", "")).collect(Collectors.joining("\n"));
    }
    if (directory.equals(PUBLIC_KEYS)) {
      return names.stream()
          .filter(name -> !name.contains("="))
          .map(name -> key(name.replace("/", ""), names))
          .collect(Collectors.joining("\n"));
    }
    return String.join("\n", names);
  }

  private String key(String index, SortedSet<String> names) {
    return names.stream()
        .filter(name -> name.startsWith(index + "="))
        .findFirst()
        .orElseGet(() -> index + "=" + comment(index));
  }

  private String comment(String index) {
    String key = metadata.entries().getOrDefault(PUBLIC_KEYS + index + KEY_FILE, "").strip();
    String[] words = key.split("\\s+", 3);
    return words.length == 3 ? words[2] : "key-" + index;
  }

  private static Optional<byte[]> text(String text) {
    return Optional.of(text.getBytes(StandardCharsets.UTF_8));
  }
}
