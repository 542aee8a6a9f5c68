package io.hanok.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import software.amazon.awssdk.awscore.AwsResponse;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.SdkField;
import software.amazon.awssdk.core.SdkPojo;

/**
 * For every operation of every service: what the SDK's own client sends, we read as the same
 * request; what we answer, that client reads as the same response.
 */
class RoundTripTest {
  static final List<AwsService> SERVICES = AwsServices.all();

  private static final FormParameters.Limits WIDE =
      new FormParameters.Limits(1 << 26, 2_000_000, 64, 2_000);

  @ParameterizedTest
  @FieldSource("SERVICES")
  void everyMemberOfEveryOperationSurvives(AwsService service) throws Throwable {
    roundTrip(service, new RandomModels(new Random(20_161_115), true));
  }

  @ParameterizedTest
  @FieldSource("SERVICES")
  void anyHalfOfTheMembersOfEveryOperationSurvives(AwsService service) throws Throwable {
    roundTrip(service, new RandomModels(new Random(42), false));
  }

  private static void roundTrip(AwsService service, RandomModels models) throws Throwable {
    RealClient client = new RealClient(service);
    QueryCodec codec = new QueryCodec(service);
    Map<String, String> stemToAction = new TreeMap<>();
    service.classStems().forEach((action, stem) -> stemToAction.put(stem, action));
    Map<String, String> seen = new TreeMap<>();
    List<String> faults = new ArrayList<>();
    for (Map.Entry<String, Method> operation : client.methods().entrySet()) {
      String stem = operation.getKey();
      String action = stemToAction.getOrDefault(stem, stem);
      SdkPojo request = models.object(codec.requestClass(action));
      SdkPojo response = models.object(codec.responseClass(action));
      String xml = codec.marshal(action, response, "rid-" + action);
      SdkPojo understood = client.call(operation.getValue(), request, 200, xml);
      FormParameters form = FormParameters.parse(client.sent(), WIDE);
      seen.put(form.action(), stem);
      List<String> unknown = new ArrayList<>();
      SdkPojo read = codec.parse(action, form, unknown);
      unknown.forEach(name -> faults.add(action + " did not take " + name));
      difference(action + "Request", tree(request, true), tree(read, true), faults);
      difference(
          action + "Response",
          tree(response, service.protocol() == WireProtocol.QUERY),
          tree(understood, service.protocol() == WireProtocol.QUERY),
          faults);
      String id = ((AwsResponse) understood).responseMetadata().requestId();
      if (!id.equals("rid-" + action)) {
        faults.add(action + " answered request id " + id);
      }
      assertThat(form.get("Version")).contains(service.version());
    }
    leaveTheTrueList(service, seen);
    assertThat(faults).isEmpty();
    assertThat(service.classStems()).isEqualTo(seen);
  }

  private static void leaveTheTrueList(AwsService service, Map<String, String> seen)
      throws Exception {
    StringBuilder list = new StringBuilder();
    seen.forEach(
        (action, stem) ->
            list.append(action.equals(stem) ? action : action + " " + stem).append('\n'));
    Path directory = Files.createDirectories(Path.of("target", "operations"));
    Files.writeString(directory.resolve(service.signingName() + ".txt"), list);
  }

  /**
   * The members that mean something, by name. A structure without any is as good as none, since a
   * form cannot say it; whether an absent list differs from an empty one depends on the dialect.
   */
  private static Map<String, Object> tree(SdkPojo object, boolean emptyMeansAbsent) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (SdkField<?> field : object.sdkFields()) {
      Object value = meaning(field.getValueOrDefault(object), emptyMeansAbsent);
      if (value != null) {
        members.put(field.memberName(), value);
      }
    }
    return members;
  }

  private static Object meaning(Object value, boolean emptyMeansAbsent) {
    return switch (value) {
      case SdkPojo structure -> {
        Map<String, Object> members = tree(structure, emptyMeansAbsent);
        yield members.isEmpty() && emptyMeansAbsent ? null : members;
      }
      case List<?> list -> {
        List<Object> values =
            list.stream().map(v -> meaning(v, emptyMeansAbsent)).filter(Objects::nonNull).toList();
        yield values.isEmpty() && emptyMeansAbsent ? null : values;
      }
      case Map<?, ?> map -> {
        Map<Object, Object> values = new LinkedHashMap<>();
        map.forEach((k, v) -> values.put(k, meaning(v, emptyMeansAbsent)));
        yield values.isEmpty() ? null : values;
      }
      case null -> null;
      default -> value;
    };
  }

  private static void difference(String where, Object sent, Object got, List<String> faults) {
    if (sent instanceof Map<?, ?> a && got instanceof Map<?, ?> b && !a.equals(b)) {
      a.forEach((name, value) -> difference(where + "." + name, value, b.get(name), faults));
      b.forEach(
          (name, value) -> {
            if (!a.containsKey(name)) {
              faults.add(where + "." + name + " appeared: " + value);
            }
          });
    } else if (!Objects.equals(sent, got)) {
      faults.add(where + ": " + sent + " became " + got);
    }
  }

  @ParameterizedTest
  @FieldSource("SERVICES")
  void anErrorReachesTheClientWithItsCodeMessageAndRequestId(AwsService service) throws Throwable {
    RealClient client = new RealClient(service);
    QueryCodec codec = new QueryCodec(service);
    Map.Entry<String, Method> any = client.methods().entrySet().iterator().next();
    SdkPojo request =
        new RandomModels(new Random(1), true).object(codec.requestClass(any.getKey()));
    String xml = codec.error("Some.Code", "a < b & \"c\" \u0001", "rid-7", true);

    AwsServiceException thrown =
        catchThrowableOfType(
            AwsServiceException.class, () -> client.call(any.getValue(), request, 400, xml));

    assertThat(thrown.awsErrorDetails().errorCode()).isEqualTo("Some.Code");
    assertThat(thrown.awsErrorDetails().errorMessage()).isEqualTo("a < b & \"c\" \uFFFD");
    assertThat(thrown.requestId()).isEqualTo("rid-7");
    assertThat(thrown.statusCode()).isEqualTo(400);
  }
}
