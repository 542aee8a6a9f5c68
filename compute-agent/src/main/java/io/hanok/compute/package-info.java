/**
 * Virtual machines on one host.
 *
 * <p>{@link io.hanok.compute.VmConverger} looks at a domain through {@link
 * io.hanok.compute.Hypervisor}, at what is remembered of it ({@link io.hanok.compute.VmFacts}) and
 * at the host's taps, asks the pure {@link io.hanok.compute.VmPlan} for the next {@link
 * io.hanok.compute.VmAction}, does it, and looks again, until the plan says how far it came. {@link
 * io.hanok.compute.DomainXml} prints libvirt's XML; {@link io.hanok.compute.ComputeAgent} puts the
 * parts together.
 */
package io.hanok.compute;
