package io.hanok.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.hanok.agent.api.AgentFault;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The simulation keeps the contract, and obeys its orders. */
class SimVolumePoolTest extends VolumePoolContract {
  @TempDir Path scratch;
  private SimVolumePool pool;

  @BeforeEach
  void open() {
    pool = new SimVolumePool("default", 32 * MIB, scratch);
  }

  @Override
  VolumePool pool() {
    return pool;
  }

  @Override
  void write(PoolItem item, long offset, byte[] bytes) {
    pool.write(item, offset, bytes);
  }

  @Override
  byte[] read(PoolItem item, long offset, int length) {
    return pool.read(item, offset, length);
  }

  @Test
  void failsAndCrashesOnOrder() {
    PoolItem volume = volume();
    pool.failNext(AgentFault.Code.HOST_ERROR);
    refused(AgentFault.Code.HOST_ERROR, () -> pool.create(volume, MIB));
    assertThat(pool.list()).isEmpty();

    pool.crashAfter(0);
    assertThatThrownBy(() -> pool.create(volume, MIB)).isInstanceOf(SimCrash.class);
    assertThat(pool.find(volume)).isEmpty();
    assertThat(pool.list()).singleElement().matches(f -> f.state() == VolumePool.State.PART);

    pool.create(volume, MIB);
    assertThat(pool.list()).singleElement().matches(f -> f.state() == VolumePool.State.THERE);
  }
}
