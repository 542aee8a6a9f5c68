package io.hanok.storage;

import io.hanok.agent.api.id.ImageId;

/**
 * What the catalogue knows of an imported image; written before the source is kept, so that every
 * source kept has an image that answers for it.
 *
 * @param imageId the image
 * @param pool pool that holds the raw base, or will
 * @param sha256 digest of the source, lower-case hex
 * @param format format of the source
 * @param sizeBytes size of the disk that it describes
 */
public record ImageRecord(
    ImageId imageId, String pool, String sha256, String format, long sizeBytes) {}
