package io.hanok.network.time;

import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.Optional;

/** Answers one question for the time, in the server mode of SNTP (RFC 4330). */
final class NtpReply {
  /** Length of a packet without extensions, in bytes. */
  static final int LENGTH = 48;

  private static final long NTP_EPOCH_OFFSET = 2_208_988_800L;
  private static final int CLIENT = 3;
  private static final int SERVER = 4;
  private static final int STRATUM = 3;
  private static final byte PRECISION = -20;
  private static final int DISPERSION = 0x0000_0300;
  private static final int TRANSMIT = 40;

  private NtpReply() {}

  /**
   * The answer to a packet.
   *
   * @param received when the packet came, by the host's clock
   * @param sent when the answer leaves
   * @return empty if the packet is not a client's question of version 1 to 4
   */
  static Optional<byte[]> to(byte[] question, Instant received, Instant sent) {
    if (question.length < LENGTH) {
      return Optional.empty();
    }
    int version = question[0] >> 3 & 7;
    int mode = question[0] & 7;
    // Version 1 had no mode.
    if (version < 1 || version > 4 || (mode != CLIENT && !(version == 1 && mode == 0))) {
      return Optional.empty();
    }
    ByteBuffer answer = ByteBuffer.allocate(LENGTH);
    answer.put((byte) (version << 3 | SERVER));
    answer.put((byte) STRATUM);
    answer.put(question[2]);
    answer.put(PRECISION);
    answer.putInt(0);
    answer.putInt(DISPERSION);
    answer.put(new byte[] {127, 127, 1, 0});
    answer.putLong(timestamp(received));
    answer.put(question, TRANSMIT, 8);
    answer.putLong(timestamp(received));
    answer.putLong(timestamp(sent));
    return Optional.of(answer.array());
  }

  /** Seconds since 1900 and a binary fraction of 32 bits. */
  static long timestamp(Instant instant) {
    long seconds = instant.getEpochSecond() + NTP_EPOCH_OFFSET;
    long fraction = ((long) instant.getNano() << 32) / 1_000_000_000L;
    return seconds << 32 | fraction;
  }
}
