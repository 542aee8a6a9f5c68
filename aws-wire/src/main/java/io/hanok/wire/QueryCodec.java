package io.hanok.wire;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import software.amazon.awssdk.core.SdkPojo;

/**
 * The server's side of one AWS service's protocol: forms to request objects, response objects to
 * XML.
 *
 * <p>Everything comes from the SDK's model classes. A base64 member of type string, such as user
 * data, stays the text it was sent as. Safe for use by many threads.
 */
public final class QueryCodec {

  /** The classes of one operation. */
  private record Operation(
      Class<? extends SdkPojo> request, Class<? extends SdkPojo> response, Method builder) {}

  private final AwsService service;
  private final Map<String, Operation> operations = new ConcurrentHashMap<>();

  public QueryCodec(AwsService service) {
    this.service = service;
  }

  /** The service this codec speaks for. */
  public AwsService service() {
    return service;
  }

  /** Whether the service's model has the operation, served here or not. */
  public boolean inModel(String action) {
    return service.inModel(action);
  }

  /**
   * The SDK's class for the operation's requests.
   *
   * @throws WireException {@code InvalidAction} if the model has no such operation
   */
  public Class<? extends SdkPojo> requestClass(String action) {
    return operation(action).request();
  }

  /**
   * The SDK's class for the operation's responses.
   *
   * @throws WireException {@code InvalidAction} if the model has no such operation
   */
  public Class<? extends SdkPojo> responseClass(String action) {
    return operation(action).response();
  }

  /**
   * Reads a request. List items are taken in the order of their numbers, which may start at 0 and
   * leave gaps. Required members and the values of enumerations are not checked.
   *
   * @param unknown receives the whole names of parameters that no member took; they do no harm here
   *     and the caller decides what to do about them
   * @throws WireException {@code InvalidAction}, {@code InvalidParameterValue} or {@code
   *     InvalidQueryParameter}
   */
  public SdkPojo parse(String action, FormParameters form, Collection<String> unknown) {
    SdkPojo builder = newBuilder(operation(action));
    return new RequestReader(service.protocol()).read(builder, form.root(), unknown);
  }

  /**
   * Writes a response. Times are cut to milliseconds; characters that XML cannot hold become
   * U+FFFD.
   *
   * @throws IllegalArgumentException if the response is not of the operation's class
   * @throws WireException {@code InvalidAction} if the model has no such operation
   */
  public String marshal(String action, SdkPojo response, String requestId) {
    Class<? extends SdkPojo> wanted = responseClass(action);
    if (!wanted.isInstance(response)) {
      throw new IllegalArgumentException(
          action + " answers " + wanted.getSimpleName() + ", not " + response.getClass());
    }
    return new ResponseWriter(service).response(action, response, requestId);
  }

  /**
   * Writes an error document.
   *
   * @param senderFault whether the caller can mend it (EC2's dialect does not say)
   */
  public String error(String code, String message, String requestId, boolean senderFault) {
    return new ResponseWriter(service).error(code, message, requestId, senderFault);
  }

  private Operation operation(String action) {
    String stem = service.classStems().get(action);
    if (stem == null) {
      throw WireException.invalidAction(action);
    }
    return operations.computeIfAbsent(action, _ -> load(stem));
  }

  private Operation load(String stem) {
    try {
      Class<? extends SdkPojo> request = modelClass(stem + "Request");
      return new Operation(request, modelClass(stem + "Response"), request.getMethod("builder"));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("the SDK's model lacks " + stem, e);
    }
  }

  private Class<? extends SdkPojo> modelClass(String simpleName) throws ClassNotFoundException {
    return Class.forName(service.modelPackage() + "." + simpleName).asSubclass(SdkPojo.class);
  }

  private static SdkPojo newBuilder(Operation operation) {
    try {
      return (SdkPojo) operation.builder().invoke(null);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException("no builder of " + operation.request(), e);
    }
  }
}
