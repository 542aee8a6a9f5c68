package io.hanok.compute;

import io.hanok.agent.api.DesiredDocument;
import io.hanok.agent.api.DesiredPower;
import io.hanok.agent.api.DocumentKind;
import io.hanok.agent.api.VmSpec;
import io.hanok.agent.api.id.EniId;
import io.hanok.agent.api.id.InstanceId;
import io.hanok.agent.api.id.VmId;
import io.hanok.agent.api.id.VolumeId;
import java.nio.file.Path;
import java.util.List;

/** Specs and documents for tests. */
final class Vms {
  private Vms() {}

  static VmId id(int number) {
    return new VmId("vm-%017x".formatted(number));
  }

  static VmSpec spec(int number, Path disk) {
    return new VmSpec(
        id(number),
        new InstanceId("i-%017x".formatted(number)),
        DesiredPower.RUNNING,
        60,
        0,
        1,
        64,
        "ec2e0000-0000-4000-8000-%012x".formatted(number),
        List.of(
            new VmSpec.Disk(new VolumeId("vol-%017x".formatted(number)), disk.toString(), "vda")),
        List.of(
            new VmSpec.Nic(
                new EniId("eni-%017x".formatted(number)),
                "0a:00:00:00:00:%02x".formatted(number),
                1450)));
  }

  static VmSpec power(VmSpec s, DesiredPower power) {
    return change(s, power, s.stopGraceSeconds(), s.rebootCount());
  }

  static VmSpec off(VmSpec s, int graceSeconds) {
    return change(s, DesiredPower.OFF, graceSeconds, s.rebootCount());
  }

  static VmSpec reboots(VmSpec s, int count) {
    return change(s, s.power(), s.stopGraceSeconds(), count);
  }

  private static VmSpec change(VmSpec s, DesiredPower power, int grace, int reboots) {
    return new VmSpec(
        s.vmId(),
        s.instanceId(),
        power,
        grace,
        reboots,
        s.vcpus(),
        s.memoryMiB(),
        s.smbiosUuid(),
        s.disks(),
        s.nics());
  }

  static DesiredDocument document(long generation, VmSpec spec) {
    return new DesiredDocument(DocumentKind.VM, spec.vmId().value(), generation, spec);
  }

  static DesiredDocument absent(long generation, VmId vm) {
    return new DesiredDocument(DocumentKind.VM, vm.value(), generation, null);
  }
}
