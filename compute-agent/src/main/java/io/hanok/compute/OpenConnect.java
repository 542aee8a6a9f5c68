package io.hanok.compute;

import com.sun.jna.Pointer;
import org.libvirt.Connect;
import org.libvirt.LibvirtException;

/** A libvirt connection that shows its native pointer to the calls libvirt-java lacks. */
final class OpenConnect extends Connect {
  OpenConnect(String uri) throws LibvirtException {
    super(uri);
  }

  /** Address of the {@code virConnect}. */
  long address() {
    return Pointer.nativeValue(vcp.getPointer());
  }
}
