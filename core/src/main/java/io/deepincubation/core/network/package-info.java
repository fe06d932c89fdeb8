/**
 * Networks that are divided into modules: their parameters, their initialisation and the DJL blocks
 * that compute them.
 *
 * <p>Letters in shapes: B images, C channels, H and W rows and columns, N tokens, D width, L
 * layers.
 */
@NullMarked
package io.deepincubation.core.network;

import org.jspecify.annotations.NullMarked;
