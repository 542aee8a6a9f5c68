package io.hanok.control.ec2;

/**
 * Marks a class whose public methods are actions of an AWS service.
 *
 * <p>A method {@code RunInstancesResponse runInstances(RunInstancesRequest, Caller)} serves the
 * action RunInstances; the request's class names the action. It runs in one transaction, unless it
 * is annotated with {@link WithoutTransaction}, and may run again if that transaction conflicts
 * with another.
 */
public interface AwsActions {
  /** The service, by its signing name; {@code ec2} unless overridden. */
  default String service() {
    return "ec2";
  }
}
