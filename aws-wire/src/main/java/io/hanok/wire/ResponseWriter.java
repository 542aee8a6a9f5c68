package io.hanok.wire;

import java.util.List;
import java.util.Map;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;
import software.amazon.awssdk.core.traits.ListTrait;
import software.amazon.awssdk.core.traits.MapTrait;
import software.amazon.awssdk.core.util.SdkAutoConstructList;
import software.amazon.awssdk.core.util.SdkAutoConstructMap;

/**
 * Writes one response object as the XML its service would answer.
 *
 * <p>In EC2's dialect the container of a list is written even when nobody set the list: EC2 answers
 * {@code <tagSet/>}, and clients index into what they expect to be there. The other dialect's
 * services leave lists out that do not apply, so there a list is written when it was set, even if
 * empty.
 */
final class ResponseWriter {
  private final AwsService service;
  private final XmlText xml = new XmlText();

  ResponseWriter(AwsService service) {
    this.service = service;
  }

  String response(String action, SdkPojo response, String requestId) {
    xml.declaration();
    xml.open(action + "Response", service.namespace());
    switch (service.protocol()) {
      case EC2 -> {
        xml.element("requestId", requestId);
        if (response.sdkFields().isEmpty()) {
          xml.element("return", "true"); // EC2 answers so; its model does not say it
        } else {
          members(response);
        }
      }
      case QUERY -> {
        xml.open(action + "Result");
        members(response);
        xml.close(action + "Result");
        xml.open("ResponseMetadata");
        xml.element("RequestId", requestId);
        xml.close("ResponseMetadata");
      }
    }
    xml.close(action + "Response");
    return xml.toString();
  }

  String error(String code, String message, String requestId, boolean senderFault) {
    xml.declaration();
    switch (service.protocol()) {
      case EC2 -> {
        xml.open("Response");
        xml.open("Errors");
        xml.open("Error");
        xml.element("Code", code);
        xml.element("Message", message);
        xml.close("Error");
        xml.close("Errors");
        xml.element("RequestID", requestId);
        xml.close("Response");
      }
      case QUERY -> {
        xml.open("ErrorResponse", service.namespace());
        xml.open("Error");
        xml.element("Type", senderFault ? "Sender" : "Receiver");
        xml.element("Code", code);
        xml.element("Message", message);
        xml.close("Error");
        xml.element("RequestId", requestId);
        xml.close("ErrorResponse");
      }
    }
    return xml.toString();
  }

  private void members(SdkPojo structure) {
    for (SdkField<?> field : structure.sdkFields()) {
      Object value = field.getValueOrDefault(structure);
      boolean unset =
          switch (value) {
            case null -> true;
            case SdkAutoConstructList<?> _ -> service.protocol() == WireProtocol.QUERY;
            case SdkAutoConstructMap<?, ?> _ -> true;
            default -> false;
          };
      if (!unset) {
        value(field.unmarshallLocationName(), field, value);
      }
    }
  }

  private void value(String name, SdkField<?> field, Object value) {
    switch (field.marshallingType().getKnownType()) {
      case LIST -> list(name, field.getTrait(ListTrait.class), (List<?>) value);
      case MAP -> map(name, field.getTrait(MapTrait.class), (Map<?, ?>) value);
      case SDK_POJO -> {
        xml.open(name);
        members((SdkPojo) value);
        xml.close(name);
      }
      case DOCUMENT, NULL ->
          throw new IllegalStateException("no query protocol has " + field.memberName());
      case STRING,
          INTEGER,
          LONG,
          SHORT,
          BYTE,
          FLOAT,
          DOUBLE,
          BIG_DECIMAL,
          BOOLEAN,
          INSTANT,
          SDK_BYTES ->
          xml.element(name, Scalars.text(field, value));
    }
  }

  private void list(String name, ListTrait trait, List<?> values) {
    SdkField<?> member = trait.memberFieldInfo();
    if (trait.isFlattened()) {
      values.forEach(value -> value(name, member, value));
      return;
    }
    String item =
        switch (service.protocol()) {
          case EC2 -> "item";
          case QUERY ->
              trait.memberLocationName() != null
                  ? trait.memberLocationName()
                  : member.unmarshallLocationName();
        };
    xml.open(name);
    values.forEach(value -> value(item, member, value));
    xml.close(name);
  }

  private void map(String name, MapTrait trait, Map<?, ?> values) {
    String entry = trait.isFlattened() ? name : "entry";
    if (!trait.isFlattened()) {
      xml.open(name);
    }
    values.forEach(
        (key, value) -> {
          xml.open(entry);
          xml.element(trait.keyLocationName(), key.toString());
          value(trait.valueLocationName(), trait.valueFieldInfo(), value);
          xml.close(entry);
        });
    if (!trait.isFlattened()) {
      xml.close(name);
    }
  }
}
