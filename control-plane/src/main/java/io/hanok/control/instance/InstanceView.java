package io.hanok.control.instance;

import io.hanok.agent.api.AgentFault;
import io.hanok.agent.api.VmSpec;
import io.hanok.control.agentclient.DocumentView;
import io.hanok.control.volume.AttachedVolume;
import java.util.List;
import java.util.Optional;

/**
 * All that the decision about an instance depends on, read at one moment.
 *
 * @param vm the living incarnation, or null
 * @param vmDocument its document, or null if none was written yet
 * @param imageFault why the host gave up on the image of the root volume, or null
 * @param volumes the attached volumes, the root volume first
 * @param nics its interfaces as the virtual machine has them
 */
record InstanceView(
    Instance instance,
    VmIncarnation vm,
    DocumentView vmDocument,
    AgentFault imageFault,
    List<AttachedVolume> volumes,
    List<VmSpec.Nic> nics) {
  InstanceView {
    volumes = List.copyOf(volumes);
    nics = List.copyOf(nics);
  }

  Optional<VmSpec> writtenSpec() {
    return Optional.ofNullable(vmDocument).map(DocumentView::spec).map(VmSpec.class::cast);
  }
}
