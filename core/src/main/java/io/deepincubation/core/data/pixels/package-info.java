/** Images in memory: decoded, resized, normalised and encoded again. */
@NullMarked
package io.deepincubation.core.data.pixels;

import org.jspecify.annotations.NullMarked;
