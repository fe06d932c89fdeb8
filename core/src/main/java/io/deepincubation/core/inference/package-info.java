/** Trained models at work: read from their folder, as classifiers and as DJL models. */
@NullMarked
package io.deepincubation.core.inference;

import org.jspecify.annotations.NullMarked;
