package io.hanok.wire;

/**
 * What a valid signature proves.
 *
 * @param accessKeyId the key that signed
 * @param region the region the caller signed for; whether it is ours is the front door's question
 * @param service the service the caller signed for, by its signing name
 * @param principal whose key it is
 * @param <P> the principal's type
 */
public record Verified<P>(String accessKeyId, String region, String service, P principal) {}
