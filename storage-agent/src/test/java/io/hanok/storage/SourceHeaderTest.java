package io.hanok.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.runtime.AgentException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the first bytes of a foreign image may and may not say. */
class SourceHeaderTest {
  @Test
  void plainImagesAreKnownByTheirFirstBytes() {
    assertThat(SourceHeader.format(qcow2().array(), 65536)).isEqualTo("qcow2");
    assertThat(SourceHeader.format(vmdk("createType=\"monolithicSparse\"").array(), 65536))
        .isEqualTo("vmdk");
    assertThat(SourceHeader.format(new byte[1024], 1 << 20)).isEqualTo("raw");
  }

  @Test
  void anImageThatRefersToAnotherFileIsRefused() {
    refused("backing file", qcow2().putLong(8, 104).putInt(16, 11));
    refused("backing file", qcow2().putLong(8, 104));
    refused("backing file", qcow2().putInt(16, 11));
    refused("another file", qcow2().putLong(72, 1L << 2));
    refused("other files", vmdk("createType=\"monolithicSparse\"").putLong(12, 0));
    refused("parent", vmdk("parentFileNameHint=\"/etc/shadow\""));
    refused("not at the start", vmdk("").putLong(28, Long.MAX_VALUE / 512));
    refused("not at the start", vmdk("").putLong(36, 1 << 20));
  }

  @Test
  void anEncryptedOrUnknownQcowIsRefused() {
    refused("encrypted", qcow2().putInt(32, 2));
    refused("qcow version 1", qcow2().putInt(4, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001f\u008bxxx", "BZh91AY", "\u00fd7zXZ\u0000", "(\u00b5/\u00fdx", "PK\u0003\u0004",
        "conectix", "vhdxfile", "QED\u0000", "COWD",
            "# Disk DescriptorFile\nRW 1 FLAT \"/etc/x\" 0",
        "<!DOCTYPE html>", "\n <html>", "<?xml version"
      })
  void whatIsNoDiskIsNamedAndRefused(String start) {
    byte[] head = Arrays.copyOf(start.getBytes(StandardCharsets.ISO_8859_1), 4096);
    refused("give a qcow2, raw or vmdk image", ByteBuffer.wrap(head));
  }

  @Test
  void aRawImageIsWholeSectorsAndNotEmpty() {
    assertThatThrownBy(() -> SourceHeader.format(new byte[1000], 1000))
        .hasMessageContaining("sectors");
    assertThatThrownBy(() -> SourceHeader.format(new byte[0], 0)).hasMessageContaining("too short");
  }

  private static void refused(String why, ByteBuffer head) {
    assertThatThrownBy(() -> SourceHeader.format(head.array(), 65536))
        .hasMessageContaining(why)
        .isInstanceOfSatisfying(
            AgentException.class,
            e -> assertThat(e.fault().code()).isEqualTo(AgentFault.Code.SOURCE_UNUSABLE));
  }

  private static ByteBuffer qcow2() {
    return ByteBuffer.allocate(1024).putInt(0, 0x514649fb).putInt(4, 3).putLong(24, 1 << 20);
  }

  private static ByteBuffer vmdk(String description) {
    ByteBuffer head = ByteBuffer.allocate(8192).order(ByteOrder.LITTLE_ENDIAN);
    head.putInt(0, 0x564d444b).putLong(12, 2048).putLong(28, 1).putLong(36, 2);
    return head.put(512, description.getBytes(StandardCharsets.ISO_8859_1));
  }
}
