package io.hanok.compute;

import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.TapName;
import io.hanok.agent.api.VmSpec;
import java.time.Instant;
import java.util.Set;

/**
 * Everything that decides what is done next for a vm.
 *
 * @param desired the document; its spec is a {@link VmSpec} or null
 * @param domain what the hypervisor says
 * @param facts what is remembered
 * @param leftovers whether files of the vm (facts, console log) exist
 * @param tapsHere the taps that are still in the agent's own network namespace
 * @param boot id of the host's current boot
 * @param hostStops whether the host itself is about to stop; looked up only for a vm that ended and
 *     of which nobody knows yet why
 * @param now the host's clock
 */
record VmView(
    DesiredDocument desired,
    DomainView domain,
    VmFacts facts,
    boolean leftovers,
    Set<String> tapsHere,
    String boot,
    boolean hostStops,
    Instant now) {
  VmView {
    tapsHere = Set.copyOf(tapsHere);
  }

  /** The spec, or null if the vm should not exist. */
  VmSpec spec() {
    return (VmSpec) desired.spec();
  }

  /** Whether the network agent has taken over all of the vm's taps. */
  boolean networkReady() {
    return spec().nics().stream().noneMatch(nic -> tapsHere.contains(TapName.of(nic.eniId())));
  }
}
