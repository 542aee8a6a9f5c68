package io.hanok.compute;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.HexFormat;

/**
 * Guests of one boot sector, for tests with real machines: they run two seconds after power-on and
 * need no image. They use the q35's ACPI registers (PM1 status 0x600, enable 0x602, control 0x604)
 * and the first serial port.
 */
enum GuestProgram {
  /** Says UP, waits for the power button, and powers itself off. */
  OBEDIENT(
      """
      fa 31c0 8ed8 baf803 b055 ee b050 ee b00a ee ba0206 b80001 ef fb
      f4 ba0006 ed a90001 74f6 b80001 ef ba0406 b80020 ef f4 ebfd
      """),
  /** Says UP and then waits for ever with its button disabled. */
  DEAF("fa 31c0 8ed8 baf803 b055 ee b050 ee b00a ee f4 ebfd"),
  /** Says UP and powers itself off. */
  LEAVING("fa 31c0 8ed8 baf803 b055 ee b050 ee b00a ee ba0406 b80020 ef f4 ebfd"),
  /** Says U, writes the disk from LBA 64 to 8 MiB through the BIOS, and says W. */
  WRITER(
      "fa31c08ed88ed0bc0070fbb055e82400be807cb44330c0cd1372f5668306887c4066813e887c0040000072e4b057e80300f4ebfd52baf803eeb00aee5ac3",
      "10004000008000004000000000000000");

  private static final int SECTOR = 512;
  private static final int PACKET_AT = 0x80;

  private final byte[] sector = new byte[SECTOR];

  GuestProgram(String code) {
    this(code, "");
  }

  GuestProgram(String code, String diskAddressPacket) {
    put(0, code);
    put(PACKET_AT, diskAddressPacket);
    sector[SECTOR - 2] = 0x55;
    sector[SECTOR - 1] = (byte) 0xaa;
  }

  private void put(int at, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex.replaceAll("\\s", ""));
    System.arraycopy(bytes, 0, sector, at, bytes.length);
  }

  /** Makes a sparse raw disk that boots this program. */
  void writeDisk(Path file, long bytes) throws IOException {
    try (RandomAccessFile disk = new RandomAccessFile(file.toFile(), "rw")) {
      disk.setLength(bytes);
      disk.write(sector);
    }
  }
}
