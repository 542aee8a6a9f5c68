package io.hanok.compute;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.runtime.AgentException;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;

/** Turns the hypervisor's picture of a display, PNG or binary PPM by its version, into a PNG. */
final class Screenshots {
  private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G'};
  private static final int LARGEST_SIDE = 16_384;

  private final byte[] bytes;
  private int position;

  private Screenshots(byte[] bytes) {
    this.bytes = bytes;
  }

  /** The picture as PNG; a HOST_ERROR if it is neither of the two. */
  static byte[] png(byte[] picture) {
    if (picture.length > PNG.length && Arrays.equals(picture, 0, PNG.length, PNG, 0, PNG.length)) {
      return picture;
    }
    return new Screenshots(picture).fromPpm();
  }

  /** P6, width, height, 255, one white space, then red, green and blue of each pixel. */
  private byte[] fromPpm() {
    if (bytes.length < 2 || bytes[0] != 'P' || bytes[1] != '6') {
      throw unreadable();
    }
    position = 2;
    int width = number();
    int height = number();
    int depth = number();
    position++;
    if (width < 1
        || height < 1
        || width > LARGEST_SIDE
        || height > LARGEST_SIDE
        || depth != 255
        || bytes.length < position + 3L * width * height) {
      throw unreadable();
    }
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        image.setRGB(x, y, (next() << 16) | (next() << 8) | next());
      }
    }
    ByteArrayOutputStream png = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", png);
    } catch (IOException e) {
      throw new IllegalStateException("memory cannot be written", e);
    }
    return png.toByteArray();
  }

  private int next() {
    return bytes[position++] & 0xff;
  }

  private int number() {
    while (position < bytes.length && (Character.isWhitespace(bytes[position]))) {
      position++;
    }
    int value = 0;
    while (position < bytes.length && Character.isDigit(bytes[position]) && value <= LARGEST_SIDE) {
      value = value * 10 + (bytes[position++] - '0');
    }
    return value;
  }

  private static AgentException unreadable() {
    return new AgentException(
        AgentFault.Code.HOST_ERROR, "the hypervisor's picture is neither PNG nor binary PPM");
  }
}
