package io.hanok.agent.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.AbstractExecutorService;
import java.util.concurrent.TimeUnit;

/** Runs tasks on the test's own thread, when the test says so. */
final class HandExecutor extends AbstractExecutorService {
  private final List<Runnable> queue = new ArrayList<>();
  private boolean down;

  @Override
  public void execute(Runnable task) {
    queue.add(task);
  }

  int queued() {
    return queue.size();
  }

  /** Runs one of the queued tasks. */
  void run(int index) {
    queue.remove(index).run();
  }

  /** Runs until nothing is queued. */
  void runAll() {
    while (!queue.isEmpty()) {
      run(0);
    }
  }

  @Override
  public void shutdown() {
    down = true;
  }

  @Override
  public List<Runnable> shutdownNow() {
    down = true;
    return List.of();
  }

  @Override
  public boolean isShutdown() {
    return down;
  }

  @Override
  public boolean isTerminated() {
    return down;
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) {
    return down;
  }
}
