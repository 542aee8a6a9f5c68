package io.hanok.network.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class NtpReplyTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00.5Z");

  @Test
  void aClientsQuestionIsAnsweredInItsVersion() {
    byte[] question = new byte[48];
    question[0] = 3 << 3 | 3;
    ByteBuffer.wrap(question).putLong(40, 0x1122334455667788L);
    ByteBuffer answer = ByteBuffer.wrap(NtpReply.to(question, NOW, NOW).orElseThrow());
    assertThat(answer.get(0)).isEqualTo((byte) (3 << 3 | 4));
    assertThat(answer.get(1)).isEqualTo((byte) 3);
    assertThat(answer.getLong(24)).isEqualTo(0x1122334455667788L);
    assertThat(answer.getLong(40) >>> 32).isEqualTo(NOW.getEpochSecond() + 2_208_988_800L);
    assertThat(answer.getInt(44)).isEqualTo(0x80000000);
  }

  @Test
  void nothingElseIsAnswered() {
    byte[] answer = new byte[48];
    answer[0] = 4 << 3 | 4;
    assertThat(NtpReply.to(answer, NOW, NOW)).as("another server's answer").isEmpty();
    assertThat(NtpReply.to(new byte[47], NOW, NOW)).isEmpty();
    byte[] control = new byte[48];
    control[0] = 2 << 3 | 6;
    assertThat(NtpReply.to(control, NOW, NOW)).isEmpty();
  }
}
