package io.hanok.network.uplink;

/** Whether packets of public addresses leave the host under the host's own address. */
public sealed interface Masquerade {
  /** On whatever device leads away from the host and its VPCs. */
  record Auto() implements Masquerade {}

  /** Not at all: the public range is routed to the host from outside. */
  record Off() implements Masquerade {}

  /** On one device. */
  record On(String device) implements Masquerade {
    public On {
      if (!device.matches("[A-Za-z0-9_.-]{1,15}")) {
        throw new IllegalArgumentException("not a network device: " + device);
      }
    }
  }

  /** Reads the setting: {@code auto}, {@code off} or the name of a device. */
  static Masquerade parse(String setting) {
    return switch (setting) {
      case "auto" -> new Auto();
      case "off" -> new Off();
      default -> new On(setting);
    };
  }
}
