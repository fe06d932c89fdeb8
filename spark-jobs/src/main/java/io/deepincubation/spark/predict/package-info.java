/** Trained models at work on tables of images. */
@NullMarked
package io.deepincubation.spark.predict;

import org.jspecify.annotations.NullMarked;
