package io.hanok.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;

/** Says that a call of a real client is refused with a code. */
public final class Refusals {
  private Refusals() {}

  /** The call is refused with the code, and the message has the words. */
  public static void assertRefused(String code, ThrowingCallable call, String... words) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            AwsServiceException.class,
            e -> {
              assertThat(e.awsErrorDetails().errorCode()).isEqualTo(code);
              assertThat(e.awsErrorDetails().errorMessage()).isNotBlank();
              for (String word : words) {
                assertThat(e.awsErrorDetails().errorMessage()).contains(word);
              }
            });
  }
}
