/** Batches to train on and to measure on, made ahead of their use. */
@NullMarked
package io.deepincubation.core.data.batch;

import org.jspecify.annotations.NullMarked;
