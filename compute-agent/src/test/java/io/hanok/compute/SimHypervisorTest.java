package io.hanok.compute;

import io.hanok.agent.api.id.VmId;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The simulation holds the contract. */
class SimHypervisorTest extends HypervisorContract {
  private final SimHypervisor sim = new SimHypervisor();
  @TempDir Path directory;

  @Override
  Hypervisor hypervisor() {
    return sim;
  }

  @Override
  Taps taps() {
    return sim;
  }

  @Override
  Path directory() {
    return directory;
  }

  @Override
  Path disk(int number, GuestProgram program) {
    sim.deaf(Vms.id(number), program != GuestProgram.OBEDIENT);
    return directory.resolve("disk-" + number);
  }

  @Override
  void awaitUp(VmId vm) {
    // A simulated guest is up at once.
  }

  @Override
  void kill(VmId vm) {
    sim.kill(vm);
  }

  @Override
  void defineForeign(String xml) {
    sim.defineForeign(xml);
  }

  @Override
  void removeForeign(String name) {
    // It goes with the simulation.
  }
}
