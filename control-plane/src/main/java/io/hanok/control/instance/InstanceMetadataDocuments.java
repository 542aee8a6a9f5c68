package io.hanok.control.instance;

import io.hanok.agent.api.HostNetworkSpec;
import io.hanok.control.hostnet.MetadataSource;
import io.hanok.control.shared.Ambience.ContractMapper;
import io.hanok.control.shared.HanokProperties;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;
import org.springframework.transaction.annotation.Transactional;

/** Gives the hosts' network documents the metadata of each instance. */
@Component
class InstanceMetadataDocuments implements MetadataSource {
  private final InstanceRepository instances;
  private final ObjectProvider<InstanceDescriptions> descriptions;
  private final HanokProperties properties;
  private final ContractMapper mapper;

  InstanceMetadataDocuments(
      InstanceRepository instances,
      ObjectProvider<InstanceDescriptions> descriptions,
      HanokProperties properties,
      ContractMapper mapper) {
    this.instances = instances;
    this.descriptions = descriptions;
    this.properties = properties;
    this.mapper = mapper;
  }

  @Override
  @Transactional(readOnly = true)
  public Map<String, HostNetworkSpec.Metadata> of(Collection<String> instanceIds) {
    Map<String, HostNetworkSpec.Metadata> metadata = new HashMap<>();
    for (InstanceDetails details :
        descriptions.getObject().of(instances.findAllById(instanceIds))) {
      metadata.put(
          details.instance().id(), InstanceMetadata.of(details, properties, mapper.json()));
    }
    return metadata;
  }
}
