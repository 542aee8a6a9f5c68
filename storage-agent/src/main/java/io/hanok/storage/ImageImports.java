package io.hanok.storage;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.ImageSpec;
import io.hanok.agent.api.id.ImageId;
import io.hanok.agent.runtime.AgentException;
import io.hanok.agent.runtime.Wakeups;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the imports of images beside the convergence, which only asks how far they are.
 *
 * <p>Nothing here must survive the process: an import that died is begun again by the next
 * convergence and goes on where it was.
 */
final class ImageImports implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ImageImports.class);

  private final ImageImport importer;
  private final Wakeups wakeups;
  private final Executor threads;
  private final Semaphore atOnce;
  private final Map<ImageId, Job> jobs = new ConcurrentHashMap<>();

  /**
   * Makes the runner.
   *
   * @param threads starts a thread for each import; platform threads, as an import computes digests
   *     for minutes and starts processes that live as long as their thread
   * @param atOnce how many imports may run at once
   */
  ImageImports(ImageImport importer, Wakeups wakeups, Executor threads, int atOnce) {
    this.importer = importer;
    this.wakeups = wakeups;
    this.threads = threads;
    this.atOnce = new Semaphore(atOnce);
  }

  /** What is known of an image's import. */
  sealed interface Work {
    /** There is none. */
    record None() implements Work {}

    /** It runs, or waits for its turn. */
    record Running(ImageSpec spec, int percent) implements Work {}

    /** It failed, for the document of that generation. */
    record Failed(long generation, AgentFault fault) implements Work {}
  }

  /** How far an image's import is. */
  Work work(ImageId id) {
    Job job = jobs.get(id);
    return job == null ? new Work.None() : job.work();
  }

  /** Begins an import; the image's key is woken when it ends. */
  void start(ImageSpec spec, long generation, VolumePool pool) {
    Job job = new Job(spec, generation, pool);
    if (jobs.putIfAbsent(spec.imageId(), job) != null) {
      throw new IllegalStateException("an import of " + spec.imageId() + " is there already");
    }
    threads.execute(job);
  }

  /** Ends an import, waits until it is out of the way, and forgets how it went. */
  void end(ImageId id) throws InterruptedException {
    Job job = jobs.get(id);
    if (job != null) {
      job.interrupt();
      job.ended.await();
      jobs.remove(id, job);
    }
  }

  /** Ends all imports; each is taken up by the next process. */
  @Override
  public void close() {
    jobs.values().forEach(Job::interrupt);
  }

  private final class Job implements Runnable {
    private final ImageSpec spec;
    private final long generation;
    private final VolumePool pool;
    private final AtomicInteger percent = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile AgentFault fault;
    private Thread thread;
    private boolean interrupted;

    Job(ImageSpec spec, long generation, VolumePool pool) {
      this.spec = spec;
      this.generation = generation;
      this.pool = pool;
    }

    Work work() {
      AgentFault failed = fault;
      return failed == null
          ? new Work.Running(spec, percent.get())
          : new Work.Failed(generation, failed);
    }

    synchronized void interrupt() {
      interrupted = true;
      if (thread != null) {
        thread.interrupt();
      }
    }

    private synchronized boolean begin() {
      thread = Thread.currentThread();
      return !interrupted;
    }

    private synchronized void finish() {
      // From here on an interruption would hit whatever this thread does next.
      thread = null;
    }

    @Override
    public void run() {
      boolean imported = false;
      try {
        if (begin()) {
          atOnce.acquire();
          try {
            importer.run(spec, pool, percent::set);
            imported = true;
          } finally {
            atOnce.release();
          }
        }
      } catch (AgentException e) {
        fault = e.fault();
      } catch (InterruptedException e) {
        LOG.info("the import of {} was ended; what is there of it is kept", spec.imageId());
      } catch (RuntimeException e) {
        LOG.error("the import of {} failed", spec.imageId(), e);
        fault = new AgentFault(AgentFault.Code.HOST_ERROR, "the import failed: " + e);
      } finally {
        finish();
        if (fault == null) {
          jobs.remove(spec.imageId(), this);
        }
        ended.countDown();
      }
      wakeups.wake(DocumentKind.IMAGE, spec.imageId().value());
      if (imported) {
        wakeups.wakeAll(DocumentKind.VOLUME);
      }
    }
  }
}
