/** The Zeppelin notes, run by Spark's own interpreter. */
@NullMarked
package io.deepincubation.notebooks;

import org.jspecify.annotations.NullMarked;
