/**
 * The reconcile engine: work is found by key and leased, never owned and never carried in a
 * message.
 *
 * <p>A transaction that changes something wakes its key ({@link
 * io.hanok.control.reconcile.WorkQueue}). Workers take due keys with a lease, call the {@link
 * io.hanok.control.reconcile.Reconciler} of the kind, and settle or postpone by its {@link
 * io.hanok.control.reconcile.Outcome}. Every write of a worker is fenced by its {@link
 * io.hanok.control.reconcile.Lease}; a wake-up that arrives during a run causes exactly one more;
 * only the database's clock counts. NOTIFY shortens the wait and is sent after commit; a lost one
 * costs a poll interval.
 */
package io.hanok.control.reconcile;
