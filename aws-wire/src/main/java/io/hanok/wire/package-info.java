/**
 * The AWS door's language: what clients put on the wire, and what they expect to read back.
 *
 * <p>A request's way through this package, in the order a front door uses it:
 *
 * <ol>
 *   <li>{@link io.hanok.wire.SigV4Verifier#peekService} reads, without believing it, which service
 *       the caller means; {@link io.hanok.wire.AwsServices} finds its description.
 *   <li>{@link io.hanok.wire.SigV4Verifier} proves who signed the {@link
 *       io.hanok.wire.SignedRequest} and that it is fresh and whole.
 *   <li>{@link io.hanok.wire.FormParameters} turns the query or the form into a bounded tree of
 *       dotted parameters.
 *   <li>{@link io.hanok.wire.QueryCodec} turns that tree into the AWS SDK's own request class and,
 *       on the way back, the SDK's response class into XML. A fault becomes an error document.
 * </ol>
 *
 * <p>No action is known here by name. The SDK's model classes describe themselves field by field
 * ({@code SdkField} and its traits), so one reader and one writer serve every operation of every
 * EC2 Query and AWS Query service. What those traits do not say is added here: namespaces and
 * wrappers, wire names whose class is spelled otherwise ({@code GetMFADevice} is {@code
 * GetMfaDeviceRequest}), {@code <return>true</return>} of operations that answer nothing, and list
 * containers that stay when the list is empty. Required members, enumerated values and idempotency
 * are the handlers' business.
 *
 * <p>Whatever is wrong with a caller's bytes surfaces as a {@link io.hanok.wire.WireException} with
 * AWS's code for it, never as anything else.
 */
package io.hanok.wire;
