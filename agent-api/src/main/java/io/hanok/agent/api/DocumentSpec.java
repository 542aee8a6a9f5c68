package io.hanok.agent.api;

import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** What should exist on a host, told to the agent that can make it so. */
@JsonTypeInfo(use = JsonTypeInfo.Id.SIMPLE_NAME, property = "type")
public sealed interface DocumentSpec permits VmSpec, VolumeSpec, ImageSpec, HostNetworkSpec {}
