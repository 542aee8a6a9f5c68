package io.hanok.control.hostnet;

import io.hanok.agent.api.HostNetworkSpec;
import java.util.Collection;
import java.util.Map;

/** Says what the metadata service tells each guest; whoever keeps instances knows. */
@FunctionalInterface
public interface MetadataSource {
  /**
   * The metadata of some instances, in a fixed number of statements.
   *
   * @return instance id → metadata; an instance that is not known is left out
   */
  Map<String, HostNetworkSpec.Metadata> of(Collection<String> instanceIds);
}
