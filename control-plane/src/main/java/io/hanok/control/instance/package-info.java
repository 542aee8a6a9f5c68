/**
 * Instances: what the user sees as one machine, from launch to termination.
 *
 * <p>An {@link io.hanok.control.instance.Instance} outlives the virtual machines that embody it:
 * each start makes a new {@link io.hanok.control.instance.VmIncarnation} on some host, whose row is
 * the reservation of that host's capacity. The desired side is {@code power} (on, off, terminated);
 * EC2's state is derived from it and from the incarnation ({@link
 * io.hanok.control.instance.InstanceState}), never stored. {@link
 * io.hanok.control.instance.InstancePlan} decides what to do next, {@link
 * io.hanok.control.instance.InstanceReconciler} does it.
 *
 * <p>Invariants: at most one incarnation is alive; only a user's Terminate (or the shutdown
 * behaviour that a user chose) sets {@code terminated}; a volume is destroyed only after that.
 */
package io.hanok.control.instance;
