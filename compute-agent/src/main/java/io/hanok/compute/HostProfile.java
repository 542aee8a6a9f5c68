package io.hanok.compute;

import java.nio.file.Path;

/**
 * What the definition of a domain needs to know of its host.
 *
 * @param acceleration how guests' code is executed
 * @param emulator QEMU's binary
 * @param consoleDirectory where the serial consoles are logged
 */
public record HostProfile(Acceleration acceleration, Path emulator, Path consoleDirectory) {

  /** How guests' code is executed. */
  public enum Acceleration {
    KVM("kvm"),
    /** Software emulation: correct, and many times slower. */
    QEMU("qemu");

    private final String text;

    Acceleration(String text) {
      this.text = text;
    }

    /** libvirt's domain type, which is also what the host reports. */
    public String text() {
      return text;
    }
  }
}
