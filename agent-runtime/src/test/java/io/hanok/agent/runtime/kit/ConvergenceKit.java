package io.hanok.agent.runtime.kit;

import static org.assertj.core.api.Assertions.assertThat;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.Converger;
import io.hanok.agent.runtime.Step;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Drives a {@link Converger} through the life of its documents, synchronously: to the end, once
 * more (which must change nothing), and with the agent crashed after every single effect.
 *
 * <p>A life is a list of documents that are wanted one after the other, for example present,
 * changed and absent; each is converged until it is settled before the next one comes.
 */
public final class ConvergenceKit {
  private static final int LIMIT = 200;
  private static final Duration RETRY = Duration.ofSeconds(1);

  private ConvergenceKit() {}

  /**
   * Converges a document until it is settled, retrying faults that may pass.
   *
   * @throws AgentException a fault of the document, or one that does not pass
   * @throws AssertionError if it is not settled after many steps
   */
  public static Step.Settled settle(World world, Converger converger, DesiredDocument document) {
    List<String> steps = new ArrayList<>();
    AgentException last = null;
    while (steps.size() < LIMIT) {
      try {
        switch (converger.converge(document)) {
          case Step.Settled settled -> {
            return settled;
          }
          case Step.Again again -> {
            last = null;
            steps.add("waits for " + again.waitingFor());
            world.elapse(again.after());
          }
        }
      } catch (AgentException e) {
        if (!e.fault().retried()) {
          throw e;
        }
        last = e;
        steps.add(e.fault().code() + " " + e.fault().message());
        world.elapse(RETRY);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted", e);
      }
    }
    if (last != null) {
      throw last;
    }
    throw new AssertionError(
        "%s/%s is not settled; the last steps: %s"
            .formatted(
                document.kind().text(), document.key(), steps.subList(LIMIT - 5, steps.size())));
  }

  /** As {@link #settle(World, Converger, DesiredDocument)}, with a fresh converger. */
  public static Step.Settled settle(World world, DesiredDocument document) {
    return settle(world, world.freshConverger(), document);
  }

  /**
   * Converges each document of a life, and shows that converging a settled one again, by the same
   * agent and by a restarted one, changes nothing.
   *
   * @return the last document's outcome
   */
  public static Step.Settled settleAndRepeat(World world, List<DesiredDocument> life) {
    Converger converger = world.freshConverger();
    Step.Settled settled = null;
    for (DesiredDocument document : life) {
      settled = settle(world, converger, document);
      List<String> before = world.effects().log();
      settle(world, converger, document);
      settle(world, document);
      assertThat(world.effects().log())
          .as("effects of converging %s generation %d again", document.key(), document.generation())
          .isEqualTo(before);
    }
    return settled;
  }

  /**
   * Lives a life once for each of its effects, in a new world each time, with the agent crashed
   * after that effect and started again; each document is settled and repeated as without a crash.
   *
   * @param check looks at the world after each life; must hold however the crash fell
   * @return how many crashes there were; at least one
   */
  public static <W extends World> int crashEverywhere(
      Supplier<W> worlds, List<DesiredDocument> life, Consumer<W> check) {
    W calm = worlds.get();
    settleAndRepeat(calm, life);
    check.accept(calm);
    int effects = calm.effects().count();
    assertThat(effects).as("effects of the whole life").isPositive();
    for (int n = 1; n <= effects; n++) {
      W world = worlds.get();
      world.effects().crashAfter(n);
      boolean crashed = false;
      for (DesiredDocument document : life) {
        try {
          settleAndRepeat(world, List.of(document));
        } catch (SimulatedCrash crash) {
          crashed = true;
          world.elapse(RETRY);
          settleAndRepeat(world, List.of(document));
        }
      }
      assertThat(crashed).as("the crash after effect %d of %d happened", n, effects).isTrue();
      check.accept(world);
    }
    return effects;
  }

  /** The fault with which converging a document ends that cannot be settled. */
  public static AgentFault fault(World world, DesiredDocument document) {
    try {
      Step.Settled settled = settle(world, document);
      throw new AssertionError("settled instead of failing: " + settled);
    } catch (AgentException e) {
      return e.fault();
    }
  }
}
