package io.hanok.agent.runtime;

import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.VolumeSpec;
import io.hanok.agent.api.id.VolumeId;

/** Documents for tests: volumes, told apart by a number. */
final class Documents {
  private Documents() {}

  static String key(int number) {
    return "vol-%017x".formatted(number);
  }

  static DocumentKey documentKey(int number) {
    return new DocumentKey(DocumentKind.VOLUME, key(number));
  }

  static DesiredDocument volume(int number, long generation, long sizeBytes) {
    return new DesiredDocument(
        DocumentKind.VOLUME,
        key(number),
        generation,
        new VolumeSpec(new VolumeId(key(number)), "pool", sizeBytes, null));
  }

  static DesiredDocument absent(int number, long generation) {
    return new DesiredDocument(DocumentKind.VOLUME, key(number), generation, null);
  }
}
