package io.hanok.agent.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.HostObject;
import io.hanok.agent.api.ResourceStatus;
import io.hanok.agent.runtime.kit.ConvergenceKit;
import io.hanok.agent.runtime.kit.Effects;
import io.hanok.agent.runtime.kit.World;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Shows that the kit lets a sound converger pass and catches the usual faults. */
class ConvergenceKitTest {
  private static final List<DesiredDocument> LIFE =
      List.of(Documents.volume(1, 1, 100), Documents.absent(1, 2));

  /**
   * A host with two parts to every volume, a file and then a mark, and converger faults to order.
   */
  private static final class Shelf implements World {
    private final Effects effects = new Effects();
    private final Set<String> parts = new TreeSet<>();
    private final boolean touchesEverAgain;
    private final boolean forgetsTheMark;
    private Duration elapsed = Duration.ZERO;

    Shelf(boolean touchesEverAgain, boolean forgetsTheMark) {
      this.touchesEverAgain = touchesEverAgain;
      this.forgetsTheMark = forgetsTheMark;
    }

    @Override
    public Effects effects() {
      return effects;
    }

    @Override
    public void elapse(Duration duration) {
      elapsed = elapsed.plus(duration);
    }

    @Override
    public Converger freshConverger() {
      return new Converger() {
        @Override
        public List<DocumentKind> kinds() {
          return List.of(DocumentKind.VOLUME);
        }

        @Override
        public Step converge(DesiredDocument desired) {
          return desired.present() ? make() : remove();
        }

        @Override
        public List<HostObject> inventory() {
          return List.of();
        }
      };
    }

    private Step make() {
      if (parts.add("file")) {
        effects.happened("file made");
      } else if (forgetsTheMark) {
        return new Step.Settled(new ResourceStatus.Volume("/x", 1));
      }
      if (parts.add("mark") || touchesEverAgain) {
        effects.happened("mark made");
        return new Step.Again(null, Duration.ofSeconds(1), "the mark");
      }
      return new Step.Settled(new ResourceStatus.Volume("/x", 1));
    }

    private Step remove() {
      if (parts.remove("mark")) {
        effects.happened("mark removed");
      }
      if (parts.remove("file")) {
        effects.happened("file removed");
      }
      return new Step.Settled(new ResourceStatus.Absent());
    }
  }

  @Test
  void aSoundConvergerSurvivesACrashAfterEachOfItsEffects() {
    int crashes =
        ConvergenceKit.crashEverywhere(
            () -> new Shelf(false, false),
            LIFE,
            shelf -> {
              assertThat(shelf.parts).isEmpty();
              assertThat(shelf.elapsed).isPositive();
            });
    assertThat(crashes).isEqualTo(4);
  }

  @Test
  void aConvergerThatNeverRestsIsCaught() {
    assertThatThrownBy(() -> ConvergenceKit.settleAndRepeat(new Shelf(true, false), LIFE))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("is not settled")
        .hasMessageContaining("the mark");
  }

  @Test
  void aConvergerThatForgetsAStepAfterACrashIsCaught() {
    List<DesiredDocument> birth = LIFE.subList(0, 1);
    ConvergenceKit.settleAndRepeat(new Shelf(false, true), birth);
    assertThatThrownBy(
            () ->
                ConvergenceKit.crashEverywhere(
                    () -> new Shelf(false, true),
                    birth,
                    shelf -> assertThat(shelf.parts).containsExactly("file", "mark")))
        .isInstanceOf(AssertionError.class);
  }

  @Test
  void aFaultOfTheDocumentIsHandedOver() {
    World world =
        new World() {
          @Override
          public Converger freshConverger() {
            return new Converger() {
              @Override
              public List<DocumentKind> kinds() {
                return List.of(DocumentKind.VOLUME);
              }

              @Override
              public Step converge(DesiredDocument desired) {
                throw new AgentException(AgentFault.Code.INVALID_SPEC, "too big");
              }

              @Override
              public List<HostObject> inventory() {
                return List.of();
              }
            };
          }

          @Override
          public Effects effects() {
            return new Effects();
          }
        };
    assertThat(ConvergenceKit.fault(world, LIFE.getFirst()).code())
        .isEqualTo(AgentFault.Code.INVALID_SPEC);
  }
}
