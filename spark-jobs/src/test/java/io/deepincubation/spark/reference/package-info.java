/** The pages of {@code docs/reference}, which are written from the code. */
@NullMarked
package io.deepincubation.spark.reference;

import org.jspecify.annotations.NullMarked;
