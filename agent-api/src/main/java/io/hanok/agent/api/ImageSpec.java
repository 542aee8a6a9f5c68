package io.hanok.agent.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.hanok.agent.api.id.ImageId;

/**
 * One image: its source is kept in the catalogue by digest, its raw base is cached in the pool.
 *
 * @param imageId the image
 * @param pool pool that holds the raw base
 * @param source where to import from: a {@code file:} (on this host) or {@code http(s):} URI
 * @param sha256 expected digest of the source in lower-case hex, or null if the importer gave none
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ImageSpec(ImageId imageId, String pool, String source, String sha256)
    implements DocumentSpec {}
