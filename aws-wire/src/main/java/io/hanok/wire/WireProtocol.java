package io.hanok.wire;

/** The two dialects in which AWS clients send forms and read XML. */
public enum WireProtocol {
  /**
   * Amazon EC2's own: lists as {@code Name.1}, answers without a result wrapper, items named {@code
   * item}. See the <a href="https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html">AWS
   * EC2 query protocol</a>.
   */
  EC2,

  /**
   * Every other query service's: lists as {@code Name.member.1}, answers inside {@code
   * <ActionResult>}. See the <a
   * href="https://smithy.io/2.0/aws/protocols/aws-query-protocol.html">AWS query protocol</a>.
   */
  QUERY
}
