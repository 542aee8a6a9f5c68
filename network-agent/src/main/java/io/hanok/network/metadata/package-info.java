/**
 * The instance metadata service, versions 1 and 2, at 169.254.169.254.
 *
 * <p>One listening socket in each VPC's namespace; the socket and the peer's address name the
 * guest. {@code MetadataAnswers} decides what a request gets, {@code MetadataTree} finds paths,
 * {@code MetadataTokens} makes and checks tokens; {@code MetadataServer} moves the bytes.
 */
package io.hanok.network.metadata;
