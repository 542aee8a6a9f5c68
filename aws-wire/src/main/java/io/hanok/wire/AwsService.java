package io.hanok.wire;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What must be known of an AWS service to speak its language.
 *
 * @param signingName the service's name in a SigV4 credential scope, such as {@code ec2}
 * @param protocol the dialect of its requests and answers
 * @param modelPackage the Java package of the SDK's request and response classes
 * @param namespace the XML namespace of its answers
 * @param version the API version of the model, such as {@code 2016-11-15}
 * @param classStems from each operation's name on the wire to the stem of its classes: {@code
 *     GetMFADevice} to {@code GetMfaDevice}, which {@code GetMfaDeviceRequest} starts with
 */
public record AwsService(
    String signingName,
    WireProtocol protocol,
    String modelPackage,
    String namespace,
    String version,
    Map<String, String> classStems) {

  public AwsService {
    classStems = Collections.unmodifiableMap(new LinkedHashMap<>(classStems));
  }

  /** The wire names of all operations in the service's model, whether served here or not. */
  public Set<String> operations() {
    return classStems.keySet();
  }

  /** Whether the service's model has the operation; names are case-sensitive, as AWS's are. */
  public boolean inModel(String action) {
    return classStems.containsKey(action);
  }
}
