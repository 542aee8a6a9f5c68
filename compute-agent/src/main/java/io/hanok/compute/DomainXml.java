package io.hanok.compute;

import io.hanok.agent.api.TapName;
import io.hanok.agent.api.VmSpec;
import java.io.StringWriter;
import java.nio.file.Path;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Prints the libvirt definition of a virtual machine: a pure function of its spec and the host's
 * profile.
 *
 * <p>The machine is a q35 with virtio devices and spare PCIe ports for what is attached later. The
 * domain's name is the vm id, its UUID the one of the SMBIOS table (libvirt insists that they are
 * equal), and {@link DomainMetadata} marks it as ours. libvirt makes the taps, which live no longer
 * than the guest's process, wherever the network agent has moved them. A guest that cannot write is
 * stopped rather than told of an error; a read error is the guest's.
 */
final class DomainXml {
  /** Free slots for disks and interfaces attached while the guest runs. */
  private static final int PCIE_ROOT_PORTS = 12;

  /** Bounds the translated code that QEMU's emulation keeps, 1 GiB otherwise. */
  private static final int TRANSLATION_CACHE_MIB = 256;

  private final Document document;
  private final VmSpec spec;
  private final HostProfile host;

  private DomainXml(VmSpec spec, HostProfile host) {
    this.spec = spec;
    this.host = host;
    try {
      this.document = DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument();
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException("the JDK's XML parser is not available", e);
    }
  }

  /** The definition, indented, without an XML declaration. */
  static String of(VmSpec spec, HostProfile host) {
    DomainXml xml = new DomainXml(spec, host);
    xml.domain();
    return xml.print();
  }

  /** The file that a guest's serial console is logged to. */
  static Path consoleLog(HostProfile host, String vmId) {
    return host.consoleDirectory().resolve(vmId + ".log");
  }

  private void domain() {
    Element domain = document.createElement("domain");
    document.appendChild(domain);
    domain.setAttribute("type", host.acceleration().text());
    text(domain, "name", spec.vmId().value());
    text(domain, "uuid", spec.smbiosUuid());
    DomainMetadata.of(spec).appendTo(element(domain, "metadata"));
    text(domain, "memory", Integer.toString(spec.memoryMiB())).setAttribute("unit", "MiB");
    text(domain, "vcpu", Integer.toString(spec.vcpus()));
    smbios(domain);
    Element os = element(domain, "os");
    text(os, "type", "hvm", "arch", "x86_64", "machine", "q35");
    element(os, "boot", "dev", "hd");
    element(os, "smbios", "mode", "sysinfo");
    features(domain);
    element(domain, "clock", "offset", "utc");
    text(domain, "on_poweroff", "destroy");
    text(domain, "on_reboot", "restart");
    text(domain, "on_crash", "destroy");
    Element pm = element(domain, "pm");
    element(pm, "suspend-to-mem", "enabled", "no");
    element(pm, "suspend-to-disk", "enabled", "no");
    devices(element(domain, "devices"));
  }

  /** cloud-init knows EC2 by a UUID and a serial that are equal and start with ec2. */
  private void smbios(Element domain) {
    Element sysinfo = element(domain, "sysinfo", "type", "smbios");
    Element system = element(sysinfo, "system");
    text(system, "entry", "Hanok", "name", "manufacturer");
    text(system, "entry", "Hanok", "name", "product");
    text(system, "entry", spec.smbiosUuid(), "name", "serial");
    text(system, "entry", spec.smbiosUuid(), "name", "uuid");
    Element chassis = element(sysinfo, "chassis");
    text(chassis, "entry", "Hanok", "name", "manufacturer");
    text(chassis, "entry", spec.instanceId().value(), "name", "asset");
  }

  private void features(Element domain) {
    Element features = element(domain, "features");
    element(features, "acpi");
    element(features, "apic");
    switch (host.acceleration()) {
      case KVM -> element(domain, "cpu", "mode", "host-passthrough");
      case QEMU -> {
        Element cache = element(features, "tcg");
        text(cache, "tb-cache", Integer.toString(TRANSLATION_CACHE_MIB), "unit", "MiB");
        element(domain, "cpu", "mode", "maximum");
      }
    }
  }

  private void devices(Element devices) {
    text(devices, "emulator", host.emulator().toString());
    element(devices, "controller", "type", "pci", "model", "pcie-root");
    for (int i = 0; i < PCIE_ROOT_PORTS; i++) {
      element(devices, "controller", "type", "pci", "model", "pcie-root-port");
    }
    element(devices, "controller", "type", "usb", "model", "none");
    spec.disks().forEach(disk -> disk(devices, disk));
    spec.nics().forEach(nic -> nic(devices, nic));
    Element serial = element(devices, "serial", "type", "pty");
    String log = consoleLog(host, spec.vmId().value()).toString();
    element(serial, "log", "file", log, "append", "on");
    element(serial, "target", "type", "isa-serial", "port", "0");
    Element console = element(devices, "console", "type", "pty");
    element(console, "target", "type", "serial", "port", "0");
    // A screenshot needs a display device, but nothing that serves it.
    element(element(devices, "video"), "model", "type", "vga");
    element(devices, "audio", "id", "1", "type", "none");
    Element rng = element(devices, "rng", "model", "virtio");
    text(rng, "backend", "/dev/urandom", "model", "random");
    Element balloon = element(devices, "memballoon", "model", "virtio");
    element(balloon, "stats", "period", "5");
  }

  private void disk(Element devices, VmSpec.Disk disk) {
    boolean block = disk.path().startsWith("/dev/");
    Element element = element(devices, "disk", "type", block ? "block" : "file", "device", "disk");
    element(
        element,
        "driver",
        "name",
        "qemu",
        "type",
        "raw",
        "cache",
        "none",
        "io",
        "native",
        "error_policy",
        "stop",
        "rerror_policy",
        "report",
        "discard",
        "unmap");
    element(element, "source", block ? "dev" : "file", disk.path());
    element(element, "target", "dev", disk.target(), "bus", "virtio");
    text(element, "serial", disk.volumeId().value().replace("-", ""));
  }

  private void nic(Element devices, VmSpec.Nic nic) {
    Element element = element(devices, "interface", "type", "ethernet");
    element(element, "mac", "address", nic.mac());
    element(element, "target", "dev", TapName.of(nic.eniId()));
    element(element, "model", "type", "virtio");
    element(element, "mtu", "size", Integer.toString(nic.mtu()));
    element(element, "rom", "enabled", "no");
  }

  private Element element(Element parent, String name, String... attributes) {
    Element child = document.createElement(name);
    for (int i = 0; i < attributes.length; i += 2) {
      child.setAttribute(attributes[i], attributes[i + 1]);
    }
    parent.appendChild(child);
    return child;
  }

  private Element text(Element parent, String name, String text, String... attributes) {
    Element child = element(parent, name, attributes);
    child.setTextContent(text);
    return child;
  }

  private String print() {
    try {
      Transformer transformer = TransformerFactory.newInstance().newTransformer();
      transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
      transformer.setOutputProperty(OutputKeys.INDENT, "yes");
      transformer.setOutputProperty("{http://xml.apache.org/xslt}indent-amount", "2");
      StringWriter writer = new StringWriter();
      transformer.transform(new DOMSource(document), new StreamResult(writer));
      return writer.toString();
    } catch (TransformerException e) {
      throw new IllegalStateException("a document made here cannot be printed", e);
    }
  }
}
