/**
 * The control plane: one package per thing, all of the same shape.
 *
 * <p>In a domain package, the entity and its repository hold desired state; a service named in the
 * plural holds the transactions; pure deciders end in {@code Plan}; a {@code …Reconciler} carries
 * decisions out; {@code Ec2…} is the thin front door. {@code reconcile} and {@code agentclient} are
 * the engines below, {@code ec2} the common part of the door above, {@code shared} the words that
 * all of them use.
 */
package io.hanok.control;
