package io.hanok.compute;

/** What the hypervisor says of the domain that bears a vm's id. */
sealed interface DomainView {

  /** There is none. */
  record Missing() implements DomainView {}

  /** There is one of that name, but it is not ours. */
  record Foreign() implements DomainView {}

  /** It is defined and off. */
  record Off(Cause cause, DomainMetadata metadata) implements DomainView {}

  /** Its process runs. */
  record Active(Activity activity, DomainMetadata metadata) implements DomainView {}

  /** Why the hypervisor believes that a domain is off. */
  enum Cause {
    /** A clean power-off; by whom is known from the event only. */
    SHUTDOWN,
    /** Cut off through the hypervisor. */
    DESTROYED,
    /** Its process died. */
    CRASHED,
    /** It could not be started. */
    FAILED,
    UNKNOWN
  }

  /** What a domain's process does. */
  enum Activity {
    RUNNING,
    /** Its processors are paused by somebody's wish. */
    PAUSED,
    /** Its processors are paused because a disk could not be written. */
    IO_ERROR,
    /** The guest has powered off and its process is being ended. */
    SHUTTING_DOWN
  }
}
