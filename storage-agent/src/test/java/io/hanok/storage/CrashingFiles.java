package io.hanok.storage;

import java.io.IOException;
import java.nio.file.Path;

/** Real files whose process dies behind an effect with a given number. */
final class CrashingFiles implements DurableFiles {
  private final DurableFiles files;
  private int effects;
  private int crashAfter = -1;

  CrashingFiles(DurableFiles files) {
    this.files = files;
  }

  /** Counts from 0 and from now. */
  void crashAfter(int effect) {
    crashAfter = effects + effect;
  }

  int effects() {
    return effects;
  }

  @Override
  public void createSparse(Path file, long sizeBytes) throws IOException {
    files.createSparse(file, sizeBytes);
    effect("made " + file);
  }

  @Override
  public void cloneTo(Path source, Path file) throws IOException {
    files.cloneTo(source, file);
    effect("cloned " + file);
  }

  @Override
  public void resize(Path file, long sizeBytes) throws IOException {
    files.resize(file, sizeBytes);
    effect("resized " + file);
  }

  @Override
  public void sync(Path file) throws IOException {
    files.sync(file);
    effect("synced " + file);
  }

  @Override
  public void chown(Path file, String user) throws IOException {
    files.chown(file, user);
    effect("gave away " + file);
  }

  @Override
  public void publish(Path part, Path target) throws IOException {
    files.publish(part, target);
    effect("published " + target);
  }

  @Override
  public void write(Path target, byte[] content) throws IOException {
    files.write(target, content);
    effect("wrote " + target);
  }

  @Override
  public void remove(Path file) throws IOException {
    files.remove(file);
    effect("removed " + file);
  }

  private void effect(String what) {
    if (effects++ == crashAfter) {
      throw new SimCrash(what);
    }
  }
}
