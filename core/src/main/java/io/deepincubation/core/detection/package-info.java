/**
 * What detection does with boxes and masks outside of its network's tensors: anchors, matching and
 * sampling, proposals, targets, and what becomes of the network's outputs.
 *
 * <p>N boxes are an array of N x 4 coordinates x0, y0, x1, y1 in pixels, continuous: a width is
 * {@code x1 - x0}.
 */
@NullMarked
package io.deepincubation.core.detection;

import org.jspecify.annotations.NullMarked;
