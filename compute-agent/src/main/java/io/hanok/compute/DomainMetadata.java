package io.hanok.compute;

import io.hanok.agent.api.VmSpec;
import io.hanok.agent.api.id.IdKind;
import io.hanok.agent.api.id.InstanceId;
import io.hanok.agent.api.id.VmId;
import java.io.IOException;
import java.io.StringReader;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.InputSource;
import org.xml.sax.SAXException;

/**
 * The mark in a domain's definition by which we know it as ours: an element in a namespace of our
 * own.
 *
 * @param vmId the domain's name
 * @param instanceId the instance that it embodies
 * @param reboots the reboot count that was satisfied when the domain was started
 */
record DomainMetadata(VmId vmId, InstanceId instanceId, int reboots) {
  static final String NAMESPACE = "urn:hanok:domain:1";

  private static final String PREFIX = "hanok";
  private static final String ELEMENT = "vm";

  static DomainMetadata of(VmSpec spec) {
    return new DomainMetadata(spec.vmId(), spec.instanceId(), spec.rebootCount());
  }

  void appendTo(Element metadata) {
    Document document = metadata.getOwnerDocument();
    Element element = document.createElementNS(NAMESPACE, PREFIX + ":" + ELEMENT);
    element.setAttribute("id", vmId.value());
    element.setAttribute("instance", instanceId.value());
    element.setAttribute("reboots", Integer.toString(reboots));
    metadata.appendChild(element);
  }

  /** Reads the mark from a domain's definition; empty if the domain is not ours. */
  static Optional<DomainMetadata> read(String domainXml) {
    Document document;
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setNamespaceAware(true);
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      DocumentBuilder builder = factory.newDocumentBuilder();
      // Otherwise the parser writes to stderr what it also throws.
      builder.setErrorHandler(null);
      document = builder.parse(new InputSource(new StringReader(domainXml)));
    } catch (ParserConfigurationException | IOException e) {
      throw new IllegalStateException("the JDK's XML parser is not available", e);
    } catch (SAXException malformed) {
      return Optional.empty();
    }
    Element domain = document.getDocumentElement();
    Optional<String> name = child(domain, null, "name").map(Node::getTextContent);
    return child(domain, null, "metadata")
        .flatMap(metadata -> child(metadata, NAMESPACE, ELEMENT))
        .flatMap(DomainMetadata::ofElement)
        .filter(metadata -> name.equals(Optional.of(metadata.vmId().value())));
  }

  private static Optional<DomainMetadata> ofElement(Element element) {
    String id = element.getAttribute("id");
    String instance = element.getAttribute("instance");
    String reboots = element.getAttribute("reboots");
    if (!IdKind.VM.matches(id)
        || !IdKind.INSTANCE.matches(instance)
        || !reboots.matches("[0-9]{1,9}")) {
      return Optional.empty();
    }
    return Optional.of(
        new DomainMetadata(new VmId(id), new InstanceId(instance), Integer.parseInt(reboots)));
  }

  private static Optional<Element> child(Element parent, String namespace, String name) {
    for (Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element
          && name.equals(element.getLocalName())
          && java.util.Objects.equals(namespace, element.getNamespaceURI())) {
        return Optional.of(element);
      }
    }
    return Optional.empty();
  }
}
