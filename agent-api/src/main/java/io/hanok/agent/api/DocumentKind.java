package io.hanok.agent.api;

import com.fasterxml.jackson.annotation.JsonValue;

/** What a desired document describes, and which agent keeps it. */
public enum DocumentKind {
  /** One virtual machine; the key is a {@code VmId}, the spec a {@link VmSpec}. */
  VM("vm", AgentName.COMPUTE, VmSpec.class),
  /** One volume; the key is a {@code VolumeId}, the spec a {@link VolumeSpec}. */
  VOLUME("volume", AgentName.STORAGE, VolumeSpec.class),
  /** One image in the host's catalogue and pool; the key is an {@code ImageId}. */
  IMAGE("image", AgentName.STORAGE, ImageSpec.class),
  /** Everything about networks on a host; the key is the {@code HostId}. */
  HOST_NETWORK("host-network", AgentName.NETWORK, HostNetworkSpec.class);

  private final String text;
  private final AgentName agent;
  private final Class<? extends DocumentSpec> specType;

  DocumentKind(String text, AgentName agent, Class<? extends DocumentSpec> specType) {
    this.text = text;
    this.agent = agent;
    this.specType = specType;
  }

  /** Form used in paths and JSON. */
  @JsonValue
  public String text() {
    return text;
  }

  /** The agent that keeps documents of this kind. */
  public AgentName agent() {
    return agent;
  }

  /** The record that a document's spec is read into. */
  public Class<? extends DocumentSpec> specType() {
    return specType;
  }

  /**
   * The kind with the given text.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static DocumentKind ofText(String text) {
    for (DocumentKind kind : values()) {
      if (kind.text.equals(text)) {
        return kind;
      }
    }
    throw new IllegalArgumentException("unknown document kind: " + text);
  }
}
