package io.hanok.storage;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;

/** {@link DurableFiles} on this host's file systems: names last when a call returns. */
public final class DiskFiles implements DurableFiles {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private final ReflinkCalls calls;

  public DiskFiles(ReflinkCalls calls) {
    this.calls = calls;
  }

  @Override
  public void createSparse(Path file, long sizeBytes) throws IOException {
    openNew(file).close();
    resize(file, sizeBytes);
  }

  @Override
  public void cloneTo(Path source, Path file) throws IOException {
    openNew(file).close();
    calls.cloneFile(source, file);
  }

  @Override
  public void resize(Path file, long sizeBytes) throws IOException {
    try (RandomAccessFile open = new RandomAccessFile(file.toFile(), "rw")) {
      open.setLength(sizeBytes);
    }
  }

  @Override
  public void chown(Path file, String user) throws IOException {
    Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
        .setOwner(file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
  }

  @Override
  public void publish(Path part, Path target) throws IOException {
    sync(part);
    Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
    sync(target.getParent());
    if (!part.getParent().equals(target.getParent())) {
      sync(part.getParent());
    }
  }

  @Override
  public void write(Path target, byte[] content) throws IOException {
    Path part = target.resolveSibling(target.getFileName() + ".new");
    Files.deleteIfExists(part);
    try (FileChannel channel = openNew(part)) {
      ByteBuffer buffer = ByteBuffer.wrap(content);
      while (buffer.hasRemaining()) {
        channel.write(buffer);
      }
    }
    publish(part, target);
  }

  @Override
  public void remove(Path file) throws IOException {
    if (Files.deleteIfExists(file)) {
      sync(file.getParent());
    }
  }

  private static FileChannel openNew(Path file) throws IOException {
    FileAttribute<Set<PosixFilePermission>> mode = PosixFilePermissions.asFileAttribute(OWNER_ONLY);
    return FileChannel.open(
        file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), mode);
  }

  @Override
  public void sync(Path fileOrDirectory) throws IOException {
    try (FileChannel channel = FileChannel.open(fileOrDirectory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
