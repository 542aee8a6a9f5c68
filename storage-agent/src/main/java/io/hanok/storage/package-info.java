/**
 * Volume pools and images on one host.
 *
 * <p>A volume's document becomes a file (or later a logical volume) in a {@link
 * io.hanok.storage.VolumePool}; an image's document becomes a source in the {@link
 * io.hanok.storage.Catalogue}, kept by digest, and a raw base in a pool, from which volumes are
 * cloned at once. What to do is decided by {@link io.hanok.storage.VolumePlan} and {@link
 * io.hanok.storage.ImagePlan} without looking at the host; everything that is there can be read
 * back from names and small records on disk, so the agent may die at any point.
 */
package io.hanok.storage;
