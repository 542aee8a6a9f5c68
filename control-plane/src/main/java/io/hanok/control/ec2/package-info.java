/**
 * The common part of the AWS door: verifying the signature, finding the action, filters, pages.
 *
 * <p>The actions themselves live with the things they are about, in classes that implement {@link
 * io.hanok.control.ec2.AwsActions}. Each call is one transaction; a dry run is the same
 * transaction, rolled back.
 */
package io.hanok.control.ec2;
