package io.hanok.wire;

import static io.hanok.wire.FormParameters.Limits.STANDARD;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a form may look like, and what is done with those that may not. */
class FormParametersTest {

  private static String refusal(String text, FormParameters.Limits limits) {
    WireException refused =
        catchThrowableOfType(WireException.class, () -> FormParameters.parse(text, limits));
    assertThat(refused).as("refused").isNotNull();
    assertThat(refused.getMessage()).isNotBlank().hasSizeLessThan(400);
    return refused.code() + " " + refused.httpStatus();
  }

  @Test
  void valuesAreDecodedAndKeptInOrder() {
    FormParameters form =
        FormParameters.parse("Action=A&z=%C3%A9+%2B%26&&b&a.1.x=1=2&a=", STANDARD);
    assertThat(form.action()).isEqualTo("A");
    assertThat(form.values().keySet()).containsExactly("Action", "z", "b", "a.1.x", "a");
    assertThat(form.get("z")).contains("é +&");
    assertThat(form.get("b")).contains("");
    assertThat(form.get("a.1.x")).contains("1=2");
    assertThat(form.get("a.1")).isEmpty();
    assertThat(form.root().child("a").child("1").child("x").path()).isEqualTo("a.1.x");
  }

  @Test
  void aQueryAndABodyMakeOneRequest() {
    FormParameters form = FormParameters.parse("X-Amz-Date=d", "Action=A", STANDARD);
    assertThat(form.values().keySet()).containsExactly("X-Amz-Date", "Action");
    assertThat(
            catchThrowableOfType(
                    WireException.class,
                    () -> FormParameters.parse("Action=A", "Action=B", STANDARD))
                .code())
        .isEqualTo("InvalidQueryParameter");
  }

  @Test
  void aRequestWithoutActionIsToldSo() {
    for (String text : List.of("", "Version=1", "Action=")) {
      FormParameters form = FormParameters.parse(text, STANDARD);
      assertThat(catchThrowableOfType(WireException.class, form::action).code())
          .isEqualTo("MissingAction");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=%",
        "a=%4",
        "a=%zz",
        "a=%+1",
        "%=1",
        "a=%ff",
        "a=%c3",
        "a=%ed%a0%80",
        "a=%c0%80",
        "a=é",
        "a=%é0",
        "=1",
        "=",
        ".a=1",
        "a.=1",
        "a..b=1",
        "."
      })
  void brokenTextIsRefused(String text) {
    assertThat(refusal(text, STANDARD)).isEqualTo("MalformedQueryString 400");
  }

  @Test
  void aNameSentTwiceIsRefusedHoweverItIsSpelled() {
    assertThat(refusal("a=1&a=1", STANDARD)).isEqualTo("InvalidQueryParameter 400");
    assertThat(refusal("a.b=1&a%2Eb=2", STANDARD)).isEqualTo("InvalidQueryParameter 400");
  }

  @ParameterizedTest
  @CsvSource({
    "a=123456789012345678, RequestEntityTooLarge 413",
    "a&b&c&d, MalformedQueryString 400",
    "a.b.c=1, MalformedQueryString 400",
    "abcdef=1, MalformedQueryString 400",
  })
  void limitsAreKept(String text, String refusal) {
    FormParameters.Limits tight = new FormParameters.Limits(17, 3, 2, 5);
    assertThat(refusal(text, tight)).isEqualTo(refusal);
    assertThat(FormParameters.parse("a.b=1&b=2&abcde=3", tight).values()).hasSize(3);
  }

  /** Whatever the bytes, a request is read or refused in AWS's words. */
  @Test
  void randomFormsNeverSurprise() {
    Random random = new Random(7);
    List<QueryCodec> codecs = AwsServices.all().stream().map(QueryCodec::new).toList();
    int read = 0;
    int refused = 0;
    for (int n = 0; n < 30_000; n++) {
      QueryCodec codec = codecs.get(n % codecs.size());
      List<String> actions = List.copyOf(codec.service().operations());
      String action = actions.get(random.nextInt(Math.min(30, actions.size())));
      try {
        codec.parse(action, FormParameters.parse(randomForm(random), STANDARD), new ArrayList<>());
        read++;
      } catch (WireException e) {
        refused++;
      }
    }
    assertThat(read).isGreaterThan(1_000);
    assertThat(refused).isGreaterThan(1_000);
  }

  private static final List<String> NAMES =
      List.of(
          "Filter",
          "Filters",
          "1",
          "0",
          "01",
          "-1",
          "99999999999999999999",
          "999999999",
          "member",
          "entry",
          "key",
          "value",
          "Name",
          "Value",
          "Values",
          "Tag",
          "TagSpecification",
          "MaxResults",
          "DryRun",
          "StartTime",
          "NextToken",
          "Dimensions",
          "Attribute",
          "Ids",
          "PolicyDocument");

  private static String randomForm(Random random) {
    StringBuilder form = new StringBuilder();
    for (int n = random.nextInt(1, 6); n > 0; n--) {
      for (int depth = random.nextInt(40) == 0 ? 60 : random.nextInt(1, 5); depth > 0; depth--) {
        form.append(NAMES.get(random.nextInt(NAMES.size()))).append(depth > 1 ? "." : "=");
      }
      switch (random.nextInt(6)) {
        case 0 -> form.append(random.nextLong());
        case 1 -> form.append(random.nextBoolean());
        case 2 -> form.append("9".repeat(random.nextInt(1, 2_000)));
        case 3 -> form.append("1e").append(random.nextInt());
        case 4 -> {}
        default -> {
          for (int bytes = random.nextInt(6); bytes > 0; bytes--) {
            form.append((char) random.nextInt(random.nextInt(4) == 0 ? 0x10000 : 0x80));
          }
        }
      }
      form.append('&');
    }
    return form.toString();
  }
}
