package io.hanok.storage;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.runtime.AgentException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * Tells the format of a foreign disk image by its first bytes, and refuses what would make a reader
 * open other files than the image itself.
 *
 * <p>Pure. An image comes from anybody, and a header may name a backing file, a data file or
 * extents anywhere on the host; a tool that follows it hands that file's content to the importer.
 * So the format is decided here, once, every later reader is told it and never guesses, and images
 * that refer to anything are refused before any tool has seen them.
 */
final class SourceHeader {
  /** How many bytes of the start are wanted, if the image has so many. */
  static final int BYTES = 128 * 1024;

  private static final int QCOW2_MAGIC = 0x514649fb;
  private static final int VMDK_MAGIC = 0x564d444b;
  private static final int SECTOR = 512;
  private static final long EXTERNAL_DATA = 1L << 2;

  private static final Map<String, String> FOREIGN =
      Map.ofEntries(
          Map.entry("\u001f\u008b", "gzip-compressed data"),
          Map.entry("BZh", "bzip2-compressed data"),
          Map.entry("\u00fd7zXZ", "xz-compressed data"),
          Map.entry("(\u00b5/\u00fd", "zstd-compressed data"),
          Map.entry("PK\u0003\u0004", "a zip archive"),
          Map.entry("7z\u00bc\u00af", "a 7z archive"),
          Map.entry("conectix", "a VHD image"),
          Map.entry("vhdxfile", "a VHDX image"),
          Map.entry("QED\u0000", "a QED image"),
          Map.entry("COWD", "an old VMDK image"),
          Map.entry("LUKS\u00ba\u00be", "an encrypted image"),
          Map.entry("# Disk DescriptorFile", "a VMDK description without the data"),
          Map.entry("<!doctype", "a web page"),
          Map.entry("<html", "a web page"),
          Map.entry("<?xml", "an XML document"));

  private SourceHeader() {}

  /**
   * The image's format.
   *
   * @param head its first bytes, {@link #BYTES} of them or all
   * @param length its length in bytes
   * @return {@code qcow2}, {@code vmdk} or {@code raw}
   * @throws AgentException SOURCE_UNUSABLE, saying why
   */
  static String format(byte[] head, long length) {
    if (length < SECTOR || head.length < SECTOR) {
      throw unusable("it is too short to be a disk image (%d bytes)".formatted(length));
    }
    ByteBuffer big = ByteBuffer.wrap(head);
    if (big.getInt(0) == QCOW2_MAGIC) {
      checkQcow2(big);
      return "qcow2";
    }
    ByteBuffer little = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
    if (little.getInt(0) == VMDK_MAGIC) {
      checkVmdk(little);
      return "vmdk";
    }
    String start =
        new String(head, 0, 64, StandardCharsets.ISO_8859_1)
            .replaceFirst("^[ \t\r\n]+", "")
            .toLowerCase(Locale.ROOT);
    FOREIGN.forEach(
        (magic, what) -> {
          if (start.startsWith(magic.toLowerCase(Locale.ROOT))) {
            throw unusable("it is %s; give a qcow2, raw or vmdk image".formatted(what));
          }
        });
    if (length % SECTOR != 0) {
      throw unusable("it is neither qcow2 nor vmdk, nor a whole number of sectors");
    }
    return "raw";
  }

  private static void checkQcow2(ByteBuffer head) {
    int version = head.getInt(4);
    if (version != 2 && version != 3) {
      throw unusable("it is qcow version " + version + "; 2 and 3 are understood");
    }
    if (head.getLong(8) != 0 || head.getInt(16) != 0) {
      throw unusable("it has a backing file; flatten it first (qemu-img convert)");
    }
    if (head.getInt(32) != 0) {
      throw unusable("it is encrypted");
    }
    if (version == 3 && (head.getLong(72) & EXTERNAL_DATA) != 0) {
      throw unusable("its data are in another file");
    }
  }

  private static void checkVmdk(ByteBuffer head) {
    if (head.getLong(12) == 0) {
      throw unusable("it is a vmdk whose data are in other files");
    }
    long start = head.getLong(28);
    long length = head.getLong(36);
    if (start == 0 && length == 0) {
      return;
    }
    long sectors = head.capacity() / SECTOR;
    if (start < 1 || start > sectors || length < 0 || length > sectors - start) {
      throw unusable("its vmdk description is not at the start of the image");
    }
    String description =
        new String(
            head.array(), (int) start * SECTOR, (int) length * SECTOR, StandardCharsets.ISO_8859_1);
    if (description.toLowerCase(Locale.ROOT).contains("parentfilenamehint")) {
      throw unusable("it is a vmdk with a parent; flatten it first (qemu-img convert)");
    }
  }

  static AgentException unusable(String why) {
    return new AgentException(AgentFault.Code.SOURCE_UNUSABLE, "the image cannot be used: " + why);
  }
}
